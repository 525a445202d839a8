/** Digests of outputs of sample jobs: the bytes that WGSL, WASM and reference must make. */
export const vectors: readonly { readonly index: number; readonly unit: number; readonly digest: string }[] =
  [
    { index: 0, unit: 0, digest: '2742bc45a17ff158bf3811dfdd42717c1f6c0fe1665d3c818c5bc0f0b66c1ec3' },
    { index: 0, unit: 136, digest: '47692d1150109373ace5b291b245f4fb9cc40bcedab09a1291cd3b1df9e0cf51' },
    { index: 1, unit: 119, digest: 'db4005dc005ca8addf24c68e9648808ca676106ee67064d754c28327eb69ce5b' },
    { index: 3, unit: 200, digest: 'cbeaa86df828b8a477e18b3d97eede1859f5d7caaccc6d67336ca336905a214d' },
    { index: 5, unit: 77, digest: '24346f41fbf43440c14d2ca54bf3816fcca7b3196d3651fd7d72774926a3c0c5' },
    { index: 9, unit: 136, digest: '2cff71481906590b4b084e601d4d7030f7c21b626a9c82542eb7cf6c608b5897' },
  ]
