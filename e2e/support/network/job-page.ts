import type { Browser, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import type { Chain } from '../../../src/chain/chain.ts'
import { balanceOf } from '../../../src/chain/chain.ts'
import { readJob } from '../../../src/chain/escrow/read-escrow.ts'
import type { Address } from '../../../src/protocol/address.ts'
import { readAddress } from '../../../src/protocol/address.ts'
import type { Hex } from '../../../src/protocol/bytes.ts'
import { readWei } from '../../../src/protocol/wei.ts'
import type { Visitor } from './visitor.ts'
import { begin, makeVisitor, PATIENCE, readShown, setField } from './visitor.ts'

/** Opens a provider at full speed in a profile of its own. */
export async function joinIn(browser: Browser, url: string): Promise<Visitor> {
  const visitor = await makeVisitor(browser)
  await begin(visitor.page, url)
  await setField(visitor.page, 'throttle', '100')
  return visitor
}

/** Closes the browsers of visitors. */
export async function leave(...visitors: Visitor[]): Promise<void> {
  await Promise.all(visitors.map(({ context }) => context.close()))
}

/** Waits until the job on the page is in a phase. */
export async function untilPhase(page: Page, phase: string): Promise<void> {
  await expect(page.getByTestId('phase')).toHaveAttribute('data-phase', phase, PATIENCE)
}

/** How many units of the job on the page are verified. */
export async function readVerified(page: Page): Promise<number> {
  return Number(await page.getByTestId('verified').getAttribute('data-count'))
}

/** Cancels the job on the page. */
export async function cancel(page: Page): Promise<void> {
  await page.getByTestId('cancel-job').click()
  await page.getByTestId('cancel-confirm').click()
  await expect(page.getByTestId('cancel-job')).toBeHidden(PATIENCE)
}

/** Checks that a closed job's money adds up, on the page and on chain: budget = paid + refunded, and the bond is back. */
export async function checkMoney(page: Page, chain: Chain, jobId: Hex): Promise<void> {
  const names = ['budget', 'bond', 'claimed', 'refunded', 'bondReturned'] as const
  const [budget, bond, claimed, refunded, bondReturned] = await Promise.all(
    names.map((name) => readShown(page, name)),
  )
  expect((claimed ?? 0n) + (refunded ?? 0n)).toBe(budget)
  expect(bondReturned).toBe(bond)
  expect(await readMoney(page)).toEqual({
    deposited: (budget ?? 0n) + (bond ?? 0n),
    reserved: 0n,
    spent: claimed,
    refundable: 0n,
    returned: (refunded ?? 0n) + (bondReturned ?? 0n),
  })
  const job = await readJob(chain, jobId)
  expect(job).toMatchObject({ state: 'closed', budget, bond, committed: claimed, repaid: 0n })
  const paid = new Map<Address, bigint>()
  for (const more of await page.getByRole('button', { name: 'Show older payments' }).all()) await more.click()
  for (const row of await page.getByTestId('payment').all()) {
    const payee = readAddress(await row.getAttribute('data-payee'), 'payee')
    const amount = readWei(await row.getAttribute('data-wei'), 'amount')
    paid.set(payee, (paid.get(payee) ?? 0n) + amount)
  }
  expect([...paid.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(claimed)
  for (const [payee, amount] of paid) expect(await balanceOf(chain, payee)).toBe(amount)
}

/** Where the money of the job on the page is; the parts add up. */
export async function readMoney(page: Page): Promise<Record<string, bigint>> {
  const names = ['deposited', 'reserved', 'spent', 'refundable', 'returned']
  const money = await page.evaluate(
    (all) =>
      all.map((name) => document.querySelector(`[data-testid=money-${name}]`)?.getAttribute('data-wei')),
    names,
  )
  const [deposited = 0n, ...parts] = money.map((amount, place) => readWei(amount, names[place] ?? ''))
  expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(deposited)
  return Object.fromEntries(names.map((name, place) => [name, [deposited, ...parts][place] ?? 0n]))
}
