import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { post } from '../../chain/escrow/epochs.ts'
import { someone, startStage, treeOf } from '../../chain/escrow/test-job.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Statement } from '../../protocol/statement/statement.ts'
import { toWei } from '../../protocol/wei.ts'
import { ListWatch, postsOn } from './list-watch.ts'

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const [JOB, OTHER] = [word(7), word(8)]
let end = new AbortController()

beforeEach(() => {
  vi.useFakeTimers()
  end = new AbortController()
})

afterEach(() => {
  end.abort()
  vi.useRealTimers()
})

function statement(epoch: number, seq = 1): Statement {
  const facts = { isLast: true, depth: 0, total: toWei(1n), units: 1, root: word(1) }
  return { ...facts, jobId: JOB, epoch, seq, dataHash: word(100 * epoch + seq) }
}

/** A watch of lists, the posts that the chain tells one after the other, and what was fetched. */
class Scene {
  readonly posts: Statement[] = []
  readonly asked: (bigint | undefined)[] = []
  readonly fetched: string[] = []
  readonly needed = new Set([JOB, OTHER])
  changes = 0
  /** What goes wrong with a fetch; undefined when it succeeds. */
  wrong: (statement: Statement) => Failure | undefined = () => undefined
  isChainUp = true
  readonly watch = new ListWatch({
    everyMs: 5_000,
    posts: async (jobId, from) => {
      if (!this.isChainUp) throw new Failure('unreachable', 'no answer')
      this.asked.push(from)
      const next = BigInt(this.posts.length)
      return { statements: jobId === JOB ? this.posts.slice(Number(from ?? 0n)) : [], next }
    },
    fetch: async (wanted) => {
      this.fetched.push(`${wanted.epoch}.${wanted.seq}`)
      const failure = this.wrong(wanted)
      if (failure !== undefined) throw failure
    },
    isNeeded: (jobId) => this.needed.has(jobId),
    onChange: () => {
      this.changes += 1
    },
    nowMs: () => Date.now(),
  })

  begin(): void {
    void this.watch.run(end.signal)
  }

  async pass(seconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(seconds * 1_000)
  }
}

const gone = () => new Failure('unreachable', 'nobody has it')

test('each posted list is fetched once, and nothing is asked for a job without a claim', async () => {
  const scene = new Scene()
  scene.begin()
  await scene.pass(20)
  expect(scene.asked).toEqual([])
  scene.posts.push(statement(0))
  scene.watch.follow(JOB)
  scene.watch.follow(JOB)
  await scene.pass(20)
  scene.posts.push(statement(1))
  await scene.pass(600)
  expect(scene.fetched).toEqual(['0.1', '1.1'])
  expect(scene.watch.trouble(JOB)).toBe('')
  expect(scene.changes).toBe(0)
})

test('a list that nobody gives for a minute is trouble, until somebody gives it', async () => {
  const scene = new Scene()
  scene.posts.push(statement(3))
  scene.wrong = gone
  scene.watch.follow(JOB)
  scene.watch.follow(OTHER)
  scene.begin()
  await scene.pass(60)
  expect(scene.watch.trouble(JOB)).toBe('')
  await scene.pass(10)
  expect(scene.watch.trouble(JOB)).toBe('The list of posted epoch 3 cannot be fetched: nobody has it')
  expect(scene.watch.trouble(OTHER)).toBe('')
  expect(scene.changes).toBe(1)
  scene.wrong = () => undefined
  await scene.pass(5)
  expect(scene.watch.trouble(JOB)).toBe('')
  expect(scene.changes).toBe(2)
})

test('a list that is not of the statement’s tree is trouble at once', async () => {
  const scene = new Scene()
  scene.posts.push(statement(0))
  scene.wrong = () => new Failure('malformed', 'leafList.leaves: expected a tree')
  scene.watch.follow(JOB)
  scene.begin()
  await scene.pass(5)
  expect(scene.watch.trouble(JOB)).toContain('epoch 0 cannot be fetched: leafList.leaves')
})

test('a newer statement of an epoch takes the place of the one that is withheld', async () => {
  const scene = new Scene()
  scene.posts.push(statement(0, 1))
  scene.wrong = ({ seq }) => (seq === 1 ? gone() : undefined)
  scene.watch.follow(JOB)
  scene.begin()
  await scene.pass(70)
  expect(scene.watch.trouble(JOB)).not.toBe('')
  scene.posts.push(statement(0, 2))
  await scene.pass(5)
  expect(scene.watch.trouble(JOB)).toBe('')
  const { length } = scene.fetched
  await scene.pass(60)
  expect(scene.fetched).toHaveLength(length)
})

test('a chain that does not answer for a while loses no post', async () => {
  const scene = new Scene()
  scene.watch.follow(JOB)
  scene.begin()
  await scene.pass(5)
  scene.isChainUp = false
  scene.posts.push(statement(0))
  await scene.pass(300)
  scene.isChainUp = true
  await scene.pass(5)
  expect(scene.fetched).toEqual(['0.1'])
})

test('a job that is no longer worked on is not asked for', async () => {
  const scene = new Scene()
  scene.watch.follow(JOB)
  scene.begin()
  await scene.pass(5)
  scene.needed.delete(JOB)
  await scene.pass(60)
  expect(scene.asked).toHaveLength(1)
})

test('posts are read from the chain, each once', async () => {
  vi.useRealTimers()
  const { chain, settler, open, sign, stop } = await startStage()
  try {
    const posts = postsOn(chain)
    const [{ jobId, opening }, other] = [await open(), await open()]
    const tree = treeOf([[someone(), 5n]])
    const [first, second] = [sign(jobId, tree), sign(jobId, tree, { epoch: 1 })]
    await post(chain, settler, { opening, signed: first })
    await post(chain, settler, { opening: other.opening, signed: sign(other.jobId, tree) })
    const before = await posts(jobId, undefined)
    expect(before.statements).toEqual([first.statement])
    expect((await posts(jobId, before.next)).statements).toEqual([])
    await post(chain, settler, { opening, signed: second })
    expect((await posts(jobId, before.next)).statements).toEqual([second.statement])
  } finally {
    await stop()
  }
})
