// Bundles the command to dist/node/weft.js, and beside it the threads for WASM programs and for the demo's reference; the packages it needs stay in node_modules.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

await build({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir: 'dist/node',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        weft: 'src/cli/weft.ts',
        'node-thread': 'src/worker/node-thread.ts',
        'reference-thread': 'src/cli/demo/reference-thread.ts',
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
