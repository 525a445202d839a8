import { open } from 'node:fs/promises'
import type { Chain } from '../chain/chain.ts'
import { chainIdentity, ESCROW, openChain } from '../chain/chain.ts'
import { type ChainInfo, chainInfo } from '../chain/chains.ts'
import { deployCost, deployEscrow, isDeployed } from '../chain/deploy.ts'
import { accountOf, type PrivateKey, readKey } from '../protocol/account.ts'
import { fromHex } from '../protocol/bytes.ts'
import { Failure, malformed, reason } from '../protocol/failure.ts'
import { formatWei } from '../protocol/wei.ts'
import { makeReporter, type Reporter } from './reporter.ts'

/** The options of `weft deploy`. */
export type DeployOptions = {
  readonly chainRpc: string
  /** The chain that it must be, if given. */
  readonly chainId?: number
  readonly keyFile?: string
  /** Only says what it would do. */
  readonly dryRun: boolean
  readonly json: boolean
}

/** The variable that a key may be given in. */
export const KEY_VARIABLE = 'WEFT_KEY'

/**
 * Puts the escrow on a chain, at the address that it has on every chain; where it is already, nothing is sent and no key
 * is needed. Throws `unreachable`, `refused`, `malformed`, `reverted` or `timeout`.
 */
export async function deploy(options: DeployOptions, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const reporter = makeReporter(options.json)
  const info = await findChain(options)
  const { chainId, name, confirmations } = info
  const chain = openChain({ rpcUrl: options.chainRpc, confirmations })
  const isThere = await isDeployed(chain, ESCROW)
  if (isThere) reporter.line(`The escrow is already there: ${ESCROW} on ${name} (${chainId})`)
  else {
    const key = await readDeployKey(options.keyFile, env)
    await sayCost(chain, key, { info, reporter })
    if (options.dryRun) return
    reporter.line(`Sending, and waiting for ${confirmations} block${confirmations === 1 ? '' : 's'}`)
    await deployEscrow(chain, key)
    reporter.line(`The escrow is at ${ESCROW} on ${name} (${chainId})`)
  }
  reporter.event('deployed', { chainId, escrow: ESCROW, already: isThere })
}

async function findChain({ chainRpc, chainId }: DeployOptions): Promise<ChainInfo> {
  const found = await chainIdentity(openChain({ rpcUrl: chainRpc })).catch((cause: unknown) => {
    const { host } = new URL(chainRpc) // without its path, which may hold the password of an account
    throw new Failure('unreachable', `No chain answers at ${host}: ${reason(cause)}`, { cause })
  })
  if (chainId !== undefined && chainId !== found.chainId) {
    const names = [found.chainId, chainId].map((id) => `${chainInfo(id).name} (${id})`)
    throw new Failure(
      'refused',
      `The chain at --chain-rpc is ${names[0]}, not ${names[1]} as --chain-id says`,
    )
  }
  return chainInfo(found.chainId)
}

/** Says who pays and how much at most. Throws `refused` when the account has less. */
async function sayCost(
  chain: Chain,
  key: PrivateKey,
  { info: { chainId, name, currency, isTest }, reporter }: { info: ChainInfo; reporter: Reporter },
): Promise<void> {
  const account = accountOf(key)
  const { gas, fee, balance } = await deployCost(chain, account)
  const cost = `at most ${formatWei(fee)} ${currency}${isTest ? ' of test money' : ''}`
  reporter.line(`Deploying to ${ESCROW} on ${name} (${chainId}): ${gas} gas, ${cost}`)
  reporter.line(`Account ${account} pays; it has ${formatWei(balance)} ${currency}`)
  reporter.event('cost', {
    chainId,
    account,
    gas: String(gas),
    feeWei: String(fee),
    balanceWei: String(balance),
  })
  if (balance >= fee) return
  const lack = `${formatWei(balance)} ${currency}, the deployment may take ${formatWei(fee)}`
  throw new Failure('refused', `Account ${account} has ${lack}: send it coins first`)
}

/** Reads the key that pays, from a file or the environment: an argument would be seen by everybody on the machine. */
async function readDeployKey(file: string | undefined, env: NodeJS.ProcessEnv): Promise<PrivateKey> {
  const text = file === undefined ? env[KEY_VARIABLE] : await readPrivateFile(file)
  if (text === undefined || text === '')
    throw new Failure('malformed', `No key: give the account that pays by --key-file or in ${KEY_VARIABLE}`)
  const path = file === undefined ? KEY_VARIABLE : `Key file ${file}`
  const digits = text.trim().replace(/^0x/, '')
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw malformed(path, 'a private key of 64 hexadecimal digits')
  return readKey(fromHex(digits.toLowerCase()), path)
}

async function readPrivateFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const mode = (await file.stat()).mode & 0o777
      if ((mode & 0o077) !== 0 && process.platform !== 'win32')
        throw new Error(`others may read it (mode ${mode.toString(8)}). Run: chmod 600 ${path}`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new Failure('malformed', `Key file ${path}: ${reason(cause)}`, { cause })
  }
}
