import { describe, expect, test } from 'vitest'
import { concat, fromHex, toHex } from './bytes.ts'
import { Failure } from './failure.ts'
import type { Frame } from './frame.ts'
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from './frame.ts'

const frames: Frame[] = [
  { type: 1, request: 0, body: null },
  {
    type: 200,
    request: 2 ** 32 - 1,
    body: { text: 'ü', list: [1, -2, 2 ** 40], bytes: new Uint8Array([1, 2, 3]) },
  },
  { type: 0, request: 7, body: '' },
  { type: 255, request: 1, body: new Uint8Array(300).fill(9) },
]
const stream = concat(frames.map(encodeFrame))

test('a frame is its length, type and request, big-endian, and canonical CBOR', () => {
  const bytes = encodeFrame({ type: 4, request: 258, body: { b: 1, a: [] } })
  expect(toHex(bytes)).toBe('0x0000000c' + '04' + '00000102' + 'a2616180616201')
})

test('a stream cut in two at any byte gives the same frames', () => {
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const reader = new FrameReader()
    expect([...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))]).toEqual(frames)
  }
})

test.each([1, 2, 3, 5, 8, 13, 100])(
  'a stream in pieces of %i bytes gives the same frames, each as early as it can be',
  (size) => {
    const reader = new FrameReader()
    const found: Frame[] = []
    for (let place = 0; place < stream.length; place += size) {
      found.push(...reader.push(stream.subarray(place, place + size)))
      const whole = frames.filter(
        (_, i) => concat(frames.slice(0, i + 1).map(encodeFrame)).length <= place + size,
      )
      expect(found).toEqual(whole)
    }
    expect(found).toEqual(frames)
  },
)

test('frames keep coming after empty pieces', () => {
  const reader = new FrameReader()
  expect(reader.push(new Uint8Array(0))).toEqual([])
  for (const frame of frames) {
    expect(reader.push(encodeFrame(frame))).toEqual([frame])
    expect(reader.push(new Uint8Array(0))).toEqual([])
  }
})

test('a frame of the largest size passes, in pieces too, and one byte more is refused on both sides', () => {
  const body = new Uint8Array(MAX_FRAME_BYTES - 9 - 5)
  const bytes = encodeFrame({ type: 1, request: 0, body })
  expect(bytes.length).toBe(MAX_FRAME_BYTES)
  const reader = new FrameReader()
  const found: Frame[] = []
  for (let place = 0; place < bytes.length; place += 65_536)
    found.push(...reader.push(bytes.subarray(place, place + 65_536)))
  expect(found).toHaveLength(1)
  const oversized = expect.objectContaining({
    code: 'oversized',
    message: expect.stringContaining(`${MAX_FRAME_BYTES}`),
  })
  expect(() => encodeFrame({ type: 1, request: 0, body: new Uint8Array(body.length + 1) })).toThrow(oversized)
  const head = new Uint8Array(4)
  new DataView(head.buffer).setUint32(0, MAX_FRAME_BYTES - 3)
  expect(() => new FrameReader().push(head)).toThrow(oversized)
})

describe('garbage ends the stream with a reason', () => {
  test.each([
    ['a length below the head', '00000004' + '0100000000', /^frame: a length of 4 is shorter than its head/],
    ['an empty body', '00000005' + '0100000000', /^frame: expected canonical CBOR/],
    ['a body that is no CBOR', '00000006' + '0100000000' + 'ff', /^frame: expected canonical CBOR/],
    ['a body with something after it', '00000007' + '0100000000' + '0000', /^frame: expected canonical CBOR/],
    [
      'text',
      toHex(new TextEncoder().encode('GET / HTTP/1.1\r\n')).slice(2),
      /^frame: 1195725860 bytes is more than/,
    ],
  ])('%s', (_, digits, message) => {
    const push = (): unknown => new FrameReader().push(fromHex(digits))
    expect(push).toThrow(message)
    expect(push).toThrow(Failure)
  })

  test('the frames before the garbage were given already', () => {
    const reader = new FrameReader()
    expect(reader.push(encodeFrame({ type: 1, request: 0, body: 1 }))).toHaveLength(1)
    expect(() => reader.push(fromHex('00000000'))).toThrow('shorter than its head')
  })
})
