import { expect, test, vi } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import type { ProviderState, TabProvider } from '../../provider/state.ts'
import { Contribution, type Open } from './contribution.svelte.ts'

const account = `0x${'ab'.repeat(20)}`
const network = { currency: 'ETH', isTest: true } as unknown as Network

function port() {
  const changes: unknown[] = []
  const ended: string[] = []
  const settings = { gpuDuty: 0.25, gpuDutyHidden: 0.5 }
  const state = { account, phase: 'running', jobs: [], delivered: 0, settings } as unknown as ProviderState
  const provider = {
    subscribe(listener: (view: ProviderState) => void) {
      listener(state)
      return () => ended.push('state')
    },
    watchTiles: () => () => ended.push('tiles'),
    change: async (part: unknown) => {
      changes.push(part)
    },
  } as unknown as TabProvider
  return { provider, changes, ended }
}

test('after Agree the choice reaches the engine, with the tab as payee unless another was named', async () => {
  const { provider, changes } = port()
  const contribution = new Contribution(async () => ({ network, provider }))
  await contribution.start({ duty: 0.3 })
  expect(contribution.phase).toBe('on')
  expect(contribution.view?.account).toBe(account)
  expect(changes).toEqual([{ cpuDuty: 0.3, gpuDuty: 0.25, gpuDutyHidden: 0.3, payee: account }])
  contribution.stop()
})

test('Stop ends the engine and all that follows it', async () => {
  const { provider, ended } = port()
  let life: AbortSignal | undefined
  const contribution = new Contribution(async (_, signal) => {
    life = signal
    return { network, provider }
  })
  await contribution.start({ duty: 1 })
  contribution.stop()
  expect(life?.aborted).toBe(true)
  expect(ended.sort()).toEqual(['state', 'tiles'])
  expect(contribution.phase).toBe('off')
  expect(contribution.view).toBeUndefined()
})

test('a start that fails says why, ends what it began, and can be tried again', async () => {
  const { provider } = port()
  const open = vi
    .fn<Open>()
    .mockRejectedValueOnce(new Failure('unreachable', 'no relay answered'))
    .mockResolvedValueOnce({ network, provider })
  const contribution = new Contribution(open)
  await contribution.start({ duty: 1 })
  expect(contribution.phase).toBe('failed')
  expect(contribution.why).toBe('no relay answered')
  expect(open.mock.calls[0]?.[1].aborted).toBe(true)
  await contribution.start({ duty: 1 })
  expect(contribution.phase).toBe('on')
  contribution.stop()
})

test('a Stop while it still starts leaves nothing running, even when the start ends later', async () => {
  const { provider, changes } = port()
  let answer: (opened: { network: Network; provider: TabProvider }) => void = () => undefined
  const contribution = new Contribution(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const started = contribution.start({ duty: 1 })
  contribution.stop()
  answer({ network, provider })
  await started
  expect(contribution.phase).toBe('off')
  expect(contribution.view).toBeUndefined()
  expect(changes).toEqual([])
})
