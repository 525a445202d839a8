// Bundles the command to dist/node/weft.js; the packages it needs stay in node_modules.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

await build({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: 'src/cli/weft.ts',
    outDir: 'dist/node',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'weft.js', chunkFileNames: '[name]-[hash].js' } },
  },
})
