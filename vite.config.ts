import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { UserConfig } from 'vite'
import { defineConfig } from 'vite'
import { sandboxPage } from './src/worker/frame/sandbox-page.ts'

/** Pages are served with a strict CSP as a header: no inline script or style, nothing inlined as a data: URL. */
const common: UserConfig = {
  publicDir: false,
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
}

/** The web app and the framed page: `dist/web`. */
const web: UserConfig = {
  ...common,
  plugins: [svelte(), sandboxPage()],
  build: {
    ...common.build,
    outDir: 'dist/web',
    emptyOutDir: true,
    rolldownOptions: { input: { index: 'index.html', embed: 'embed.html', headless: 'headless.html' } },
  },
}

/** The loader that a site includes: `dist/web/embed/v1.js`. */
const embed: UserConfig = {
  ...common,
  build: {
    ...common.build,
    target: 'es2015',
    outDir: 'dist/web/embed',
    emptyOutDir: false,
    lib: { entry: 'src/embed/loader.ts', formats: ['iife'], name: 'weft', fileName: () => 'v1.js' },
  },
}

const modes: Readonly<Record<string, UserConfig>> = { embed }

export default defineConfig(({ mode }) => modes[mode] ?? web)
