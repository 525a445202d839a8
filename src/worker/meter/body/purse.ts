import { OP } from '../instruction.ts'
import { signed, unsigned } from '../wasm-reader.ts'

/** Where a function keeps the fuel: in the global, or in a local of its own (i64) while it runs. `global` and `local` are indexes. */
export type Purse = { readonly kind: 'global' | 'local'; readonly global: number; readonly local: number }

type Code = readonly number[]

const EMPTY_TYPE = 0x40

/** Code that pays what `amount` (code for an i64, or a number) says, and stops the unit when the fuel is then below zero, if checked. */
export function pay(purse: Purse, amount: Code | number, isChecked: boolean): Code {
  const cost = typeof amount === 'number' ? [OP.i64Const, ...signed(amount)] : amount
  const [global, local] = [unsigned(purse.global), unsigned(purse.local)]
  const isLocal = purse.kind === 'local'
  const fuel = isLocal ? [OP.localGet, ...local] : [OP.globalGet, ...global]
  const keep = isLocal ? [OP.localSet, ...local] : [OP.globalSet, ...global]
  const rest = [...fuel, ...cost, OP.i64Sub]
  if (!isChecked) return [...rest, ...keep]
  const kept = isLocal ? [] : [OP.globalSet, ...global, OP.localGet, ...local]
  const show = isLocal ? [...fuel, OP.globalSet, ...global] : []
  const stop = [OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_TYPE, ...show, OP.unreachable, OP.end]
  return [...rest, OP.localTee, ...local, ...kept, ...stop]
}

/** Code that puts the fuel into the global, where others see it. */
export function show({ kind, global, local }: Purse): Code {
  return kind === 'local' ? [OP.localGet, ...unsigned(local), OP.globalSet, ...unsigned(global)] : []
}

/** Code that takes the fuel from the global, after others had it. */
export function take({ kind, global, local }: Purse): Code {
  return kind === 'local' ? [OP.globalGet, ...unsigned(global), OP.localSet, ...unsigned(local)] : []
}
