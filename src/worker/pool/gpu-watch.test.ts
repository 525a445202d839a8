import { expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { GpuWatch } from './gpu-watch.ts'

const lost = new Failure('device-lost', 'gone')
const late = new Failure('timeout', 'too slow')
const notLoaded = new Failure('refused', 'not loaded')
const { signal } = new AbortController()

type Answer = 'device' | 'none' | Promise<void>

/** A GPU that answers or not, and a clock that waiting moves on. */
function setUp() {
  const scene = { now: 0, answer: 'device' as Answer, asked: 0, waits: [] as number[] }
  const watch = new GpuWatch(
    {
      nowMs: () => scene.now,
      probe: async () => {
        scene.asked += 1
        if (scene.answer === 'none') throw new Failure('device-lost', 'none')
        if (scene.answer !== 'device') await scene.answer
      },
      wait: async (ms) => {
        scene.waits.push(ms)
        scene.now += ms
        await new Promise((resolve) => setTimeout(resolve, 0))
      },
    },
    signal,
  )
  return { scene, watch }
}

test('the short rest after the first loss is waited out, and nobody is told', async () => {
  const { scene, watch } = setUp()
  expect(await watch.explain('a', lost, signal)).toBe(lost)
  expect(watch.trouble).toBeUndefined()
  expect(await watch.admit('a', signal)).toBeUndefined()
  expect(scene.waits).toEqual([1000])
})

test('during a longer rest work is turned away, and taken again after it', async () => {
  const { scene, watch } = setUp()
  await watch.explain('a', lost, signal)
  await watch.explain('b', lost, signal)
  expect(watch.trouble?.code).toBe('device-lost')
  expect(await watch.admit('c', signal)).toMatchObject({ code: 'device-lost' })
  scene.now += 5000
  expect(watch.trouble).toBeUndefined()
  expect(await watch.admit('c', signal)).toBeUndefined()
})

test('a unit that took too long is a timeout where the GPU still answers', async () => {
  const { watch } = setUp()
  expect(await watch.explain('a', late, signal)).toBe(late)
  expect(await watch.admit('a', signal)).toBeUndefined()
})

test('a GPU that does not answer within 4 s is wedged, and takes work again as soon as it answers', async () => {
  const { scene, watch } = setUp()
  let answer = (): void => undefined
  scene.answer = new Promise<void>((resolve) => {
    answer = resolve
  })
  expect(await watch.explain('a', late, signal)).toMatchObject({
    code: 'wedged',
    message: 'too slow, and the GPU does not answer any more',
  })
  expect(await watch.admit('b', signal)).toMatchObject({ code: 'wedged' })
  expect(scene.waits).toEqual([4000])
  expect(scene.asked).toBe(1)
  answer()
  await expect.poll(() => watch.trouble).toBeUndefined()
  expect(await watch.admit('b', signal)).toBeUndefined()
})

test('where there is no device it is asked again after 2 s, then every 30 s', async () => {
  const { scene, watch } = setUp()
  scene.answer = 'none'
  await watch.explain('a', new Failure('wedged', 'silent'), signal)
  await expect.poll(() => scene.asked).toBeGreaterThan(3)
  expect(scene.waits.slice(0, 3)).toEqual([2_000, 30_000, 30_000])
  expect(watch.trouble?.code).toBe('wedged')
  scene.answer = 'device'
  await expect.poll(() => watch.trouble).toBeUndefined()
})

test('a kernel with three losses is refused while others go on', async () => {
  const { scene, watch } = setUp()
  for (let loss = 0; loss < 3; loss += 1) await watch.explain('a', lost, signal)
  scene.now += 30_000
  expect(await watch.admit('a', signal)).toMatchObject({ code: 'refused' })
  expect(await watch.admit('b', signal)).toBeUndefined()
})

test('a frame that went away, or a run that was cancelled meanwhile, is no loss of the GPU', async () => {
  const { watch } = setUp()
  for (let time = 0; time < 9; time += 1)
    await watch.explain('a', new Failure('unreachable', 'frame'), signal)
  await watch.explain('a', late, AbortSignal.abort())
  expect(await watch.admit('a', signal)).toBeUndefined()
})

test('kernels that take too long to load are refused by name, and are no losses of the GPU, however many they are', async () => {
  const { watch } = setUp()
  for (const kernel of ['a', 'b', 'c', 'd', 'a'])
    expect(await watch.explain(kernel, notLoaded, signal)).toBe(notLoaded)
  expect(watch.isGivenUp).toBe(false)
  expect(watch.trouble).toBeUndefined()
  expect(await watch.admit('a', signal)).toMatchObject({ code: 'refused', message: 'not loaded' })
  expect(await watch.admit('e', signal)).toBeUndefined()
  await watch.explain('e', lost, signal)
  await watch.explain('f', lost, signal)
  expect(watch.isGivenUp).toBe(false)
})

test('a kernel whose loading holds up the GPU is refused, and others have the GPU again when it is done', async () => {
  const { scene, watch } = setUp()
  let answer = (): void => undefined
  scene.answer = new Promise<void>((resolve) => {
    answer = resolve
  })
  expect(await watch.explain('a', notLoaded, signal)).toBe(notLoaded)
  expect(watch.trouble?.message).toBe(
    'The GPU does not answer, and is asked again from time to time (not loaded)',
  )
  expect(await watch.admit('b', signal)).toMatchObject({ code: 'wedged' })
  answer()
  await expect.poll(() => watch.trouble).toBeUndefined()
  expect(await watch.admit('b', signal)).toBeUndefined()
  expect(await watch.admit('a', signal)).toMatchObject({ code: 'refused' })
})

test('a GPU that the browser does not give yet is asked for again, and that is a loss by no kernel', async () => {
  const { scene, watch } = setUp()
  await watch.explain('a', lost, signal)
  await watch.explain('b', lost, signal)
  scene.now += 5_000
  const none = new Failure('device-lost', 'no device')
  scene.answer = 'none'
  for (let time = 0; time < 5; time += 1) expect(await watch.explain(undefined, none, signal)).toBe(none)
  expect(watch.isGivenUp).toBe(false)
  expect(watch.trouble?.message).toContain('asked again from time to time (no device)')
  scene.answer = 'device'
  await expect.poll(() => watch.trouble).toBeUndefined()
  expect(await watch.admit('c', signal)).toBeUndefined()
})
