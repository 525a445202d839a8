import { secp256k1 } from '@noble/curves/secp256k1.js'
import { recoverAddress } from 'viem/utils'
import { expect, test } from 'vitest'
import { accountOf, accountOfPublicKey, keccak, makeKey, readKey, signerOf, signHash } from './account.ts'
import { fromHex, toDigits, toHex } from './bytes.ts'
import { Failure } from './failure.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const key = new Uint8Array(32).fill(0x46)
const hash = keccak(new TextEncoder().encode('hello'))

test('the account of a key is the one that Ethereum knows', () => {
  // The example of EIP-155.
  expect(accountOf(key)).toBe('0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f')
})

test('the account of a PeerId is the account of its key', () => {
  const fresh = makeKey()
  expect(accountOfPublicKey(secp256k1.getPublicKey(fresh, true))).toBe(accountOf(fresh))
})

test.each([new Uint8Array(33), new Uint8Array(0), new Uint8Array(32).fill(2)])(
  '%s is no public key',
  (bytes) => {
    expect(() => accountOfPublicKey(bytes)).toThrow('public key: expected')
  },
)

test('keccak-256 is that of Ethereum', () => {
  expect(toHex(keccak(new Uint8Array(0)))).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  )
})

test('a signature recovers to its signer, here and in viem', async () => {
  for (let i = 0; i < 20; i += 1) {
    const signer = makeKey()
    const signed = keccak(new Uint8Array([i]))
    const signature = signHash(signed, signer)
    expect(signerOf(signed, signature)).toBe(accountOf(signer))
    const recovered = await recoverAddress({ hash: toHex(signed), signature: toHex(signature) })
    expect(recovered.toLowerCase()).toBe(accountOf(signer))
  }
})

test('a signature with a changed bit never recovers to the signer', () => {
  const signature = signHash(hash, key)
  for (let bit = 0; bit < 65 * 8; bit += 7) {
    const changed = signature.slice()
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(signerOrFailure(changed)).not.toBe(accountOf(key))
  }
  expect(signerOf(keccak(hash), signature)).not.toBe(accountOf(key))
})

test('the high twin of a signature is refused, so that a signature has one form', () => {
  const signature = signHash(hash, key)
  const s = BigInt(toHex(signature.subarray(32, 64)))
  const twin = signature.slice()
  twin.set(fromHex((ORDER - s).toString(16).padStart(64, '0')), 32)
  twin[64] = 27 + 28 - (signature[64] ?? 0)
  expect(() => signerOf(hash, twin)).toThrow('low form')
})

test.each([new Uint8Array(0), new Uint8Array(64), new Uint8Array(65), new Uint8Array(66).fill(27)])(
  'bytes that are no signature are malformed',
  (bytes) => {
    expect(() => signerOf(hash, bytes)).toThrow(Failure)
  },
)

test('what is no private key is refused without showing it', () => {
  for (const bad of [
    new Uint8Array(32),
    new Uint8Array(31).fill(7),
    fromHex(ORDER.toString(16)),
    'text',
    null,
  ])
    expect(() => readKey(bad)).toThrow(/^private key: expected 32 bytes of a secp256k1 private key$/)
  expect(toDigits(readKey(key))).toBe(toDigits(key))
})

function signerOrFailure(signature: Uint8Array): string {
  try {
    return signerOf(hash, signature)
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}
