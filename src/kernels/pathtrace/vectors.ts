/** Digests of outputs of sample job 0 with two light paths a pixel: the bytes that every engine must make. */
export const vectors: readonly { readonly unit: number; readonly digest: string }[] = [
  { unit: 5, digest: '0e28930e51962bea5fbdf1befdc786d3fef49b7b11ae76d3f5465f577fa5b08d' },
  { unit: 119, digest: '75cb25ba299f97556a9ab640c1a7f1fd9bc009026f75ea4deb6593eda2e64cd7' },
  { unit: 136, digest: 'b0c00ef14b4effc55060549c403f5a1e4c5086b42f6d3df2313036f11a7bdf4a' },
  { unit: 168, digest: '02f291397a5a27bff7ca917d558dcc68964a9b04ec73373e1c3fb7209ff76f46' },
  { unit: 396, digest: '29068916c4e7de04761d14b606d8634a89bf40409e287f35c0b2735d8718c52b' },
]
