// The import table and the owners of outside packages (ARCHITECTURE.md, section 4), as rules. Type imports count too.
const roles = ['protocol', 'market', 'kernels', 'worker', 'p2p', 'chain', 'store']
const layers = {
  protocol: [],
  market: ['protocol'],
  kernels: ['protocol'],
  p2p: ['protocol'],
  chain: ['protocol'],
  store: ['protocol'],
  worker: ['protocol', 'kernels'],
  settler: ['protocol', 'market', 'chain', 'store'],
  relay: ['protocol', 'market', 'p2p', 'chain', 'store'],
  provider: roles,
  publisher: [...roles, 'settler'],
  ui: ['protocol', 'market', 'kernels', 'chain', 'provider', 'publisher'],
  embed: [],
  cli: ['protocol', 'kernels', 'chain', 'provider', 'publisher', 'settler', 'relay'],
}

const owners = {
  '(@libp2p/|libp2p/|@multiformats/|ws/)': ['p2p', 'relay'],
  '(viem/(?!utils|_esm/|_types/)|viem/(_esm|_types)/(?!utils)|@wagmi/)': ['chain'],
  'viem/': ['chain', 'protocol'],
  '(idb|lmdb)/': ['store'],
  '(cborg|hash-wasm|multiformats|@noble/[^/]+)/': ['protocol'],
  '@bjorn3/browser_wasi_shim/': ['worker'],
  '(svelte|uplot|uqr)/': ['ui'],
  '(playwright|playwright-core|@playwright)/': ['cli'],
  'commander/': ['cli'],
  'bunny/': ['kernels'],
}

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `${layer} may import only ${below.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...below].join('|')})/` },
}))

const ownerRules = Object.entries(owners).map(([name, folders]) => ({
  name: `owner-${name.replace(/\W+/g, '-')}`,
  comment: `only ${folders.join(', ')} may use ${name}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${folders.join('|')})/` },
  to: { path: `(^|node_modules/)${name}` },
}))

export default {
  forbidden: [
    ...layerRules,
    ...ownerRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'src-alone', severity: 'error', from: { path: '^src/' }, to: { path: '^(e2e|bench)/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(\\.test\\.ts$|^src/kernels/[^/]+/assembly/)' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.svelte'],
      conditionNames: ['import', 'node', 'browser', 'types', 'svelte'],
      exportsFields: ['exports'],
    },
  },
}
