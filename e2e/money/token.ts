import { expect, test } from '@playwright/test'
import { askFaucet } from '../../src/chain/ask-faucet.ts'
import { balanceOf } from '../../src/chain/chain.ts'
import { readJob } from '../../src/chain/escrow/read-escrow.ts'
import type { TestTokens } from '../../src/chain/token/test-tokens.ts'
import { compileTokens } from '../../src/chain/token/test-tokens.ts'
import { accountOf, makeKey } from '../../src/protocol/account.ts'
import type { Address } from '../../src/protocol/address.ts'
import { showAddress } from '../../src/protocol/address.ts'
import { fillIn, publishFilled, squareKernel, squareManifest } from '../support/network/job.ts'
import { joinIn, leave, untilPhase } from '../support/network/job-page.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import { makeVisitor, PATIENCE, readAccount, readShown } from '../support/network/visitor.ts'

// Jobs that pay in a token: what is published, earned and given back is counted in it alone.
test.describe.configure({ timeout: 240_000 })

let network: NetworkProcess
let tokens: TestTokens
let plain: Address

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  const key = makeKey()
  await askFaucet(network.chain, accountOf(key), `${network.url}/faucet`)
  tokens = await compileTokens(network.chain, key)
  plain = await tokens.deploy('Token', 0n)
})
test.afterAll(() => network?.stop())

test('a job is published in a token, a tab that accepts the token earns it, and the rest comes back', async ({
  browser,
}) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  await page.goto(`${network.url}/#/jobs`)
  const owner = await readAccount(page, 'account')
  await tokens.mint(plain, owner, 1_000_000n)
  await page.goto(`${network.url}/#/publish`)
  const job = { name: 'In tokens', units: 20, spin: 1_000, priceWei: '1000' }
  await fillIn(page, squareManifest(job), { name: 'square.wasm', bytes: squareKernel })
  await page.getByTestId('pay-in-token').check()
  await expect(page.getByTestId('publish')).toBeDisabled()
  const [rebasing, nothing] = [await tokens.deploy('RebasingToken'), accountOf(makeKey())]
  for (const [typed, words] of [
    ['0x12', 'expected an address'],
    [nothing, `There is no contract at ${nothing}`],
    [rebasing, `The token ${rebasing} has sharesOf(address): its balances change by themselves`],
  ] as const) {
    await page.getByTestId('pay-in-address').fill(typed)
    await expect(page.getByTestId('field-error')).toContainText(words, PATIENCE)
    await expect(page.getByTestId('publish')).toBeDisabled()
  }
  await page.getByTestId('pay-in-address').fill(showAddress(plain))
  await expect(page.getByTestId('pay-in-read')).toContainText('Token (TOK), 18 decimals', PATIENCE)
  expect(await readShown(page, 'token-balance')).toBe(1_000_000n)
  await expect(page.getByTestId('cost')).toContainText('TOK')
  expect(await readShown(page, 'cost')).toBe(66_000n)
  const jobId = await publishFilled(page)
  expect(await balanceOf(network.chain, owner, plain)).toBe(1_000_000n - 66_000n)

  const provider = await joinIn(browser, network.url)
  const row = provider.page.getByTestId('job-row')
  await expect(row).toHaveAttribute('data-kind', 'other-token', PATIENCE)
  await expect(row).toContainText(`It pays in TOK (${plain}): accept that token in the settings`, PATIENCE)
  await provider.page.getByTestId('token-address').fill(rebasing)
  await provider.page.getByTestId('accept-token').click()
  await expect(provider.page.getByTestId('token-error')).toContainText('balances change by themselves')
  await provider.page.getByTestId('token-address').fill(plain)
  await provider.page.getByTestId('accept-token').click()
  await expect(provider.page.getByTestId('accepted-token')).toHaveAttribute('data-token', plain, PATIENCE)
  await untilPhase(page, 'closed')

  const payee = await readAccount(provider.page, 'payee')
  const claimed = await readShown(page, 'claimed')
  expect(claimed).toBe(20_000n)
  await expect(page.getByTestId('claimed')).toContainText('TOK')
  expect(await balanceOf(network.chain, payee, plain)).toBe(claimed)
  expect(await balanceOf(network.chain, payee)).toBe(0n)
  expect(await balanceOf(network.chain, owner, plain)).toBe(1_000_000n - claimed)
  expect(await balanceOf(network.chain, network.chain.escrow, plain)).toBe(0n)
  expect(await readJob(network.chain, jobId)).toMatchObject({ state: 'closed', token: plain })
  await expect.poll(() => readShown(provider.page, 'token-paid'), PATIENCE).toBe(claimed)
  expect(await readShown(provider.page, 'paid')).toBe(0n)
  expect([publisher.faults, provider.faults]).toEqual([[], []])
  await leave(publisher, provider)
})

test('of a token that keeps a part of what is sent, the page says how much, and the budget is what arrived', async ({
  browser,
}) => {
  const { context, page } = await makeVisitor(browser)
  const greedy = await tokens.deploy('Token', 1_000n)
  await page.goto(`${network.url}/#/jobs`)
  await tokens.mint(greedy, await readAccount(page, 'account'), 1_000_000n)
  await page.goto(`${network.url}/#/publish`)
  const job = { name: 'A tenth is kept', units: 20, spin: 1_000, priceWei: '1000' }
  await fillIn(page, squareManifest(job), { name: 'square.wasm', bytes: squareKernel })
  await page.getByTestId('pay-in-token').check()
  await page.getByTestId('pay-in-address').fill(greedy)
  await expect(page.getByTestId('pay-in-read')).toBeVisible(PATIENCE)
  const jobId = await publishFilled(page)
  await expect(page.getByTestId('token-kept')).toBeVisible(PATIENCE)
  expect(await readShown(page, 'token-kept')).toBe(6_600n)
  expect((await readJob(network.chain, jobId))?.budget).toBe(53_400n)
  expect(await readShown(page, 'money-deposited')).toBe(59_400n)
  await context.close()
})
