import { describe, test } from 'vitest'
import { openMemoryStore } from './memory-store.ts'
import { CONTRACT_CACHE_BYTES, storeContract } from './store-contract.ts'

describe('the store in memory', () => {
  test.each(storeContract)('$name', async ({ run }) => {
    await run(openMemoryStore(CONTRACT_CACHE_BYTES))
  })
})
