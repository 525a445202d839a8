// `npm start` and `npm run demo`: makes everything ready and runs the command. Needs nothing but Node.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, install, refuseOldNode, root } from './setup/install.mjs'

refuseOldNode()
install()
build()
const [verb = 'up', ...rest] = process.argv.slice(2)
const command = join(root, 'dist/node/weft.js')
process.argv = [process.argv[0], command, verb, ...rest]
await import(pathToFileURL(command).href)
