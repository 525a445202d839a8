import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodePng } from './png.ts'

/** Reads a PNG as its specification says: chunks with lengths and checksums, then filtered rows. */
function decode(png: Buffer): { width: number; height: number; rows: Buffer } {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const chunks = new Map<string, Buffer>()
  for (let place = 8; place < png.length; ) {
    const size = png.readUInt32BE(place)
    const type = png.toString('latin1', place + 4, place + 8)
    expect(png.readUInt32BE(place + 8 + size)).toBe(checksum(png.subarray(place + 4, place + 8 + size)))
    chunks.set(type, png.subarray(place + 8, place + 8 + size))
    place += 12 + size
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND'])
  const header = chunks.get('IHDR') ?? Buffer.alloc(13)
  expect([...header.subarray(8)]).toEqual([8, 6, 0, 0, 0])
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4), rows }
}

/** CRC-32 bit by bit. */
function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

test('a PNG holds the pixels that were given', async () => {
  const rgba = Uint8Array.from({ length: 5 * 3 * 4 }, (_, index) => (index * 37) % 256)
  const { width, height, rows } = decode(Buffer.from(await encodePng(5, 3, rgba)))
  expect([width, height, rows.length]).toEqual([5, 3, 3 * 21])
  for (let row = 0; row < 3; row += 1) {
    expect(rows[row * 21]).toBe(0)
    expect([...rows.subarray(row * 21 + 1, (row + 1) * 21)]).toEqual([
      ...rgba.subarray(row * 20, (row + 1) * 20),
    ])
  }
})
