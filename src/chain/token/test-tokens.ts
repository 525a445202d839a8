import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Abi } from 'viem'
import { encodeDeployData, encodeFunctionData, getCreate2Address, parseAbi } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { concat, toHex } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { Chain } from '../chain.ts'
import { factoryAddress } from '../generated/address.ts'
import { send } from '../transaction/send.ts'

type Artifact = { readonly abi: Abi; readonly bytecode: { readonly object: Hex } }

/** What the tokens of contracts/test/Tokens.sol are made and changed with. */
export type TestTokens = {
  deploy(name: string, ...args: readonly unknown[]): Promise<Address>
  /** A clone of a contract's code (EIP-1167). */
  clone(of: Address): Promise<Address>
  mint(token: Address, to: Address, amount: bigint): Promise<unknown>
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SOURCE = 'contracts/test/Tokens.sol'
const CACHE = join(ROOT, 'node_modules/.cache')
const MINT = parseAbi(['function mint(address to, uint256 amount)'])
const FACTORY = readAddress(factoryAddress, 'factory')

/** Compiles the tokens that the escrow is tested with, for a chain and a key that pays. */
export async function compileTokens(chain: Chain, key: PrivateKey): Promise<TestTokens> {
  const artifacts = await compile()
  const find = (name: string): Artifact => {
    const found = artifacts.get(name)
    if (found === undefined) throw new Error(`contracts/test/Tokens.sol has no ${name}`)
    return found
  }
  const create = async (bytecode: Hex) => {
    const salt = toHex(crypto.getRandomValues(new Uint8Array(32)))
    await send(chain, key, { action: 'deploy', to: FACTORY, data: `${salt}${bytecode.slice(2)}` })
    return readAddress(getCreate2Address({ from: FACTORY, salt, bytecode }), 'deployed')
  }
  return {
    deploy(name, ...args) {
      const { abi, bytecode } = find(name)
      return create(encodeDeployData({ abi, bytecode: bytecode.object, args }))
    },
    clone(of) {
      return create(`0x3d602d80600a3d3981f3363d3d373d3d3d363d73${of.slice(2)}5af43d82803e903d91602b57fd5bf3`)
    },
    mint(token, to, amount) {
      const data = encodeFunctionData({ abi: MINT, functionName: 'mint', args: [to, amount] })
      return send(chain, key, { action: 'mint', to: token, data })
    },
  }
}

/** Compiling takes many seconds, so it is done once for all tests, until something that goes into it has changed. */
async function compile(): Promise<ReadonlyMap<string, Artifact>> {
  const inputs = [SOURCE, 'foundry.toml', 'node_modules/@openzeppelin/contracts/package.json']
  const read = await Promise.all(inputs.map((file) => readFile(join(ROOT, file))))
  const folder = join(CACHE, `weft-tokens-${digestOf(concat(read))}`)
  if (!existsSync(folder)) await build(folder)
  const parse = async (file: string): Promise<[string, Artifact]> => [
    file.replace('.json', ''),
    JSON.parse(await readFile(join(folder, file), 'utf8')),
  ]
  return new Map(await Promise.all((await readdir(folder)).map(parse)))
}

/** Another test may be at it too: whoever is done first has its folder stay. */
async function build(folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const out = await mkdtemp(`${folder}-`)
  try {
    const args = ['build', SOURCE, '--out', out, '--cache-path', join(out, 'cache')]
    const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter)
    await promisify(execFile)('forge', args, { cwd: ROOT, env: { ...process.env, PATH: path } })
    await rename(join(out, 'Tokens.sol'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
