import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import { Failure, reason } from '../protocol/failure.ts'
import { projectVersion } from './project.ts'

const HARD_STOP_MS = 10_000

/** The exit codes: a fault of what was given, and everything else. */
const BAD_INPUT = 2
const FAILED = 1

/** Runs the command with the arguments of this process. Resolves to the exit code. */
async function weft(args: readonly string[], signal: AbortSignal): Promise<number> {
  const isDebug = args.includes('--debug')
  try {
    await makeCommand(signal).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT // it has said why
    if (signal.aborted && isStop(error)) return 0
    console.error(isDebug ? error : `weft: ${reason(error)}`)
    if (!isDebug && !(error instanceof Failure))
      console.error('This is a bug in weft. Run it again with --debug to see where.')
    return error instanceof Failure && error.code === 'malformed' ? BAD_INPUT : FAILED
  }
}

/** What was under way when the command was asked to end is given up in one of these two ways. */
function isStop(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'cancelled'
  return error instanceof Error && error.name === 'AbortError'
}

function makeCommand(signal: AbortSignal): Command {
  const command = new Command('weft')
    .description('A compute network whose workers are browser tabs.')
    .version(projectVersion(), '--version')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride()
    .option('--debug', 'show where in the program an error came from')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 something given to the command is wrong.')
  addUp(command, signal)
  addPublish(command, signal)
  addProvide(command, signal)
  addDeploy(command)
  addDemo(command, signal)
  return command
}

function addUp(command: Command, signal: AbortSignal): void {
  command
    .command('up')
    .description(
      'run a whole network on this machine: a test chain, the contract, a relay, sample jobs and the web app',
    )
    .option('--port <port>', 'the port of the web app (without: 8080, or the next free one)', readPort)
    .addOption(new Option('--data <folder>', 'where the state is kept').default('.data'))
    .option('--fresh', 'drop the kept state and start anew', false)
    .option('--no-samples', 'publish no sample jobs')
    .addOption(noClaims())
    .option(
      '--chain-rpc <url>',
      'use this chain instead of a test chain of its own; without sample jobs',
      readUrl,
    )
    .option(
      '--contract <address>',
      'the escrow contract (without: the one at the usual address)',
      readContract,
    )
    .option('--json', 'print one JSON object a line; {"event":"ready","url":…} when all is ready', false)
    .addHelpText('after', '\nExamples:\n  weft up\n  weft up --port 8090 --data /tmp/weft --fresh')
    .action(async (options) => {
      const { up } = await import('./up.ts')
      await up(options, signal)
    })
}

function addPublish(command: Command, signal: AbortSignal): void {
  command
    .command('publish')
    .description('publish the job of a manifest file, wait until everybody is paid, and write the result')
    .argument(
      '<manifest>',
      'a JSON file; "code" and "inputs" may name a file beside it as {"file": "kernel.wasm"}',
    )
    .addOption(new Option('--network <url>', 'the web app of the network').default('http://127.0.0.1:8080'))
    .addOption(
      new Option('--data <folder>', 'where the keys and the journal of the job are kept').default(
        '.data/publisher',
      ),
    )
    .addOption(new Option('--out <folder>', 'where the result is written').default('results'))
    .addOption(noClaims())
    .option('--token <address>', 'the token that the job pays in (without: the chain’s coin)', readContract)
    .option('--budget <coins>', 'what is laid down for results now (without: the whole price)', readDecimal)
    .option('--chain-rpc <url>', 'where the chain is asked (without: where the network says)', readUrl)
    .option('--contract <address>', 'the escrow contract (without: the one of the network)', readContract)
    .option(
      '--cancel',
      'end the job that was interrupted: what is verified is paid, the rest comes back',
      false,
    )
    .option('--json', 'print one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  weft publish docs/example/manifest.json --out results')
    .action(async (file, options) => {
      const { publish } = await import('./publish.ts')
      await publish(file, options, signal)
    })
}

/** Where gas costs something nobody claims for others in any case. */
function noClaims(): Option {
  const help =
    'do not claim for the payees: they take their money themselves, through a relay or by claiming (so it is on every chain but the local one)'
  return new Option('--no-claims', help)
}

function addProvide(command: Command, signal: AbortSignal): void {
  command
    .command('provide')
    .description(
      'compute for others in a browser without a window, as a tab of the web app would, until Ctrl-C',
    )
    .addOption(new Option('--network <url>', 'the web app of the network').default('http://127.0.0.1:8080'))
    .addOption(
      new Option('--data <folder>', 'where the key and the statements are kept').default('.data/provider'),
    )
    .option('--payee <address>', 'who is paid (without: an account of its own)', readContract)
    .option('--workers <count>', 'how many WASM units run at a time', readCount(0, 64), 1)
    .option('--cpu <percent>', 'the share of the time that each worker computes', readCount(5, 100), 50)
    .option('--gpu <percent>', 'the share of the time that the GPU computes', readCount(5, 100), 50)
    .addOption(
      new Option('--executor <kind>', 'what kernels run on')
        .choices(['auto', 'wasm', 'wgsl'])
        .default('auto'),
    )
    .option('--battery', 'run on battery too', false)
    .option('--no-make-room', 'do not step back while other programs need the machine')
    .option('--no-browser-sandbox', 'start the browser without its own sandbox, as root must')
    .option('--json', 'print one JSON object a line; {"event":"ready",…} when it provides', false)
    .addHelpText('after', '\nExample:\n  weft provide --network https://weft.example --workers 4 --cpu 100')
    .action(async (options) => {
      const { provide } = await import('./headless/provide.ts')
      await provide(options, signal)
    })
}

function addDeploy(command: Command): void {
  command
    .command('deploy')
    .description(
      'put the contract on a chain, at the address it has on every chain, unless it is there already',
    )
    .requiredOption('--chain-rpc <url>', 'where the chain is asked', readUrl)
    .option('--chain-id <number>', 'refuse every other chain', readChainId)
    .option('--key-file <file>', 'the private key of the account that pays (without: the variable WEFT_KEY)')
    .option('--dry-run', 'say what it would cost, and send nothing', false)
    .option('--json', 'print one JSON object a line', false)
    .addHelpText(
      'after',
      '\nExample:\n  weft deploy --chain-rpc https://sepolia.base.org --key-file deployer.key',
    )
    .action(async (options) => {
      const { deploy } = await import('./deploy.ts')
      await deploy(options)
    })
}

function addDemo(command: Command, signal: AbortSignal): void {
  command
    .command('demo')
    .description(
      'run the sample jobs on headless browser tabs, one of which cheats, and check every result and payment',
    )
    .option('--tabs <count>', 'how many honest provider tabs', readCount(2, 16), 3)
    .addOption(new Option('--out <folder>', 'where the pictures are written').default('demo-results'))
    .option('--json', 'print one JSON object a line; the last one is the summary', false)
    .action(async (options) => {
      const { demo } = await import('./demo/demo.ts')
      const { ok } = await demo(options, signal)
      if (!ok) throw new Failure('refused', 'The demo found something wrong; see above')
    })
}

function readCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (!/^\d+$/.test(text) || count < min || count > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`)
    return count
  }
}

function readUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('Give the address of a JSON-RPC server, as https://…')
  return text
}

function readContract(text: string): Address {
  try {
    return readAddress(text, 'address')
  } catch (error) {
    throw new InvalidArgumentError(reason(error))
  }
}

/** How many decimals there may be is known when the token is. */
function readDecimal(text: string): string {
  if (!/^\d+([.,]\d+)?$/.test(text)) throw new InvalidArgumentError('Give a number such as 0.001.')
  return text
}

function readChainId(text: string): number {
  const chainId = Number(text)
  if (!/^[1-9]\d*$/.test(text) || chainId > 2 ** 32)
    throw new InvalidArgumentError('Give the number of a chain.')
  return chainId
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('Give a whole number from 0 (any free port) to 65535.')
  return port
}

/** Aborts at the first Ctrl-C or polite kill; a second one, or too long a wait, ends the process at once. */
function untilInterrupted(): AbortSignal {
  const stop = new AbortController()
  const interrupt = () => {
    if (stop.signal.aborted) return
    stop.abort()
    setTimeout(() => process.once('SIGINT', () => process.exit(130)), 500).unref() // npm passes one Ctrl-C on twice
    setTimeout(() => {
      console.error(`weft: something did not stop in ${HARD_STOP_MS / 1000} s; ending anyway`)
      process.exit(FAILED)
    }, HARD_STOP_MS).unref()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt)
  return stop.signal
}

process.exitCode = await weft(process.argv.slice(2), untilInterrupted())
