import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { askFaucet } from '../../src/chain/ask-faucet.ts'
import { balanceOf } from '../../src/chain/chain.ts'
import { accountOf, makeKey, readKey } from '../../src/protocol/account.ts'
import type { Address } from '../../src/protocol/address.ts'
import { readAddress, showAddress } from '../../src/protocol/address.ts'
import { fromHex, toDigits } from '../../src/protocol/bytes.ts'
import { toWei } from '../../src/protocol/wei.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import type { Visitor } from '../support/network/visitor.ts'
import { begin, makeVisitor, PATIENCE, readShown } from '../support/network/visitor.ts'
import { installWallet } from '../support/wallet-provider.ts'

// The wallet of the app, and a wallet beside it that announces itself as an extension of the browser does.
test.describe.configure({ timeout: 180_000 })

let network: NetworkProcess

test.beforeAll(async () => {
  network = await startNetwork()
})
test.afterAll(() => network?.stop())

const COIN = 10n ** 18n

test('a wallet is found by its name, connected, moved to this chain, and fills the account of the tab', async ({
  browser,
}) => {
  const { context, page } = await makeVisitor(browser)
  const key = makeKey()
  await askFaucet(network.chain, accountOf(key), `${network.url}/faucet`)
  const wallet = await installWallet(context, { chain: network.chain, key, rpc: `${network.url}/rpc` })
  const account = await openWallet(page)
  const error = page.getByTestId('outside-error')

  await page.getByTestId('outside-connect').click()
  await expect(page.getByTestId('outside-wallet')).toHaveText(['Connect Loom Wallet'])
  wallet.isRejecting = true
  await page.getByTestId('outside-wallet').click()
  await expect(error).toHaveText('You said no in the wallet. Nothing was sent')
  wallet.isRejecting = false
  await page.getByTestId('outside-wallet').click()
  await expect(page.getByTestId('outside-account')).toHaveAttribute('data-address', accountOf(key))
  await expect(error).toBeHidden()

  await expect(page.getByTestId('outside-chain')).toBeVisible()
  await expect(page.getByTestId('fund-go')).toBeHidden()
  wallet.isRejecting = true
  await page.getByTestId('outside-switch').click()
  await expect(error).toContainText('You said no')
  wallet.isRejecting = false
  await page.getByTestId('outside-switch').click()
  await expect(page.getByTestId('outside-chain')).toBeHidden()
  expect(BigInt(wallet.chainId)).toBe(BigInt(network.network.chainId))
  expect(await readShown(page, 'outside-balance')).toBe(await balanceOf(network.chain, accountOf(key)))

  await page.getByTestId('fund-amount').fill('a lot')
  await page.getByTestId('fund-go').click()
  await expect(page.getByTestId('fund-error')).toContainText('such as 0.001')
  wallet.isRejecting = true
  await fund(page, '2.5')
  await expect(error).toContainText('You said no')
  wallet.isRejecting = false
  await fund(page, '123456')
  await expect(error).toContainText('not enough coins')
  expect(await balanceOf(network.chain, account)).toBe(0n)
  await expect(page.getByTestId('payment')).toHaveCount(0)

  await fund(page, '2.5')
  await expect(page.getByTestId('payment')).toHaveAttribute('data-state', 'done', PATIENCE)
  await expect(page.getByTestId('payment')).toHaveAttribute('data-kind', 'funded')
  expect(await balanceOf(network.chain, account)).toBe((5n * COIN) / 2n)
  await expect.poll(() => readShown(page, 'wallet-balance'), PATIENCE).toBe((5n * COIN) / 2n)
  expect(wallet.asked.filter((question) => question === 'send')).toHaveLength(3)

  await page.getByTestId('outside-payee').click()
  await expect(page.getByTestId('outside-status')).toContainText('Earnings go to this wallet')
  await page.reload()
  await expect(page.getByTestId('outside-account')).toHaveAttribute('data-address', accountOf(key), PATIENCE)
  await expect(page.getByTestId('payment')).toHaveAttribute('data-state', 'done')
  await page.getByTestId('outside-disconnect').click()
  await expect(page.getByTestId('outside-account')).toBeHidden()
  await begin(page, `${network.url}/#/contribute`)
  await expect(page.getByTestId('payee').first()).toHaveAttribute('data-address', accountOf(key), PATIENCE)
  await context.close()
})

test('without a wallet in the browser none is offered', async ({ browser }) => {
  const { context, page } = await makeVisitor(browser)
  await openWallet(page)
  await page.getByTestId('outside-connect').click()
  await expect(page.getByTestId('outside-none')).toBeVisible(PATIENCE)
  await expect(page.getByTestId('outside-wallet')).toHaveCount(0)
  await context.close()
})

test('coins that are sent arrive, and the chain agrees to the wei until nothing is left', async ({
  browser,
}) => {
  const { context, page, faults } = await openFunded(browser)
  const account = await readOwn(page)
  const had = await balanceOf(network.chain, account)
  const receiver = accountOf(makeKey())
  await fillSend(page, showAddress(receiver), '0.250000000000000001')
  const most = await readShown(page, 'send-fee')
  await page.getByTestId('send-go').click()
  await expect(page.getByTestId('send-status')).not.toBeEmpty()
  const payment = page.getByTestId('payment').first()
  await expect(payment).toHaveAttribute('data-state', 'done', PATIENCE)
  await payment.locator('summary').click()
  const fee = await readShown(page, 'payment-fee')
  expect(fee).toBeGreaterThan(0n)
  expect(fee).toBeLessThanOrEqual(most)
  await expect(payment.getByTestId('payment-hash')).toHaveText(/^0x[0-9a-f]{64}$/)
  expect(await balanceOf(network.chain, receiver)).toBe(COIN / 4n + 1n)
  expect(await balanceOf(network.chain, account)).toBe(had - COIN / 4n - 1n - fee)

  await page.getByTestId('send-to').fill(receiver)
  await page.getByTestId('send-all').check()
  await page.getByTestId('send-go').click()
  await expect(page.locator('[data-testid=payment][data-state=done]')).toHaveCount(2, PATIENCE)
  expect(await balanceOf(network.chain, account)).toBe(0n)
  await expect.poll(() => readShown(page, 'wallet-balance'), PATIENCE).toBe(0n)
  await page.reload()
  await expect(page.locator('[data-testid=payment][data-state=done]')).toHaveCount(2, PATIENCE)
  expect(faults).toEqual([])
  await context.close()
})

test('what is wrong with a payment is told beside its field, and nothing is sent', async ({ browser }) => {
  const { context, page } = await openFunded(browser)
  const account = await readOwn(page)
  const had = await balanceOf(network.chain, account)
  const good = showAddress(accountOf(makeKey()))
  const bent = good.replace(/[a-f]/i, (one) =>
    one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase(),
  )
  const wrong: readonly (readonly [to: string, amount: string, path: string, words: string])[] = [
    ['', '1', 'to', 'Enter the address'],
    ['0x1234', '1', 'to', '40 hexadecimal digits'],
    [bent, '1', 'to', 'mistyped'],
    [account, '1', 'to', 'the account that pays'],
    [`0x${'0'.repeat(40)}`, '1', 'to', 'would be lost'],
    [network.network.escrow, '1', 'to', 'escrow'],
    [good, 'ten', 'amount', 'a number of coins'],
    [good, '-1', 'amount', 'a number of coins'],
    [good, '0', 'amount', 'more than nothing'],
    [good, '999999', 'amount', 'The account holds'],
    [good, (Number(had / COIN) || 1).toString(), 'amount', 'fee'],
  ]
  for (const [to, amount, path, words] of wrong) {
    await fillSend(page, to, amount)
    await page.getByTestId('send-go').click()
    const error = page.getByTestId('field-error')
    await expect(error).toContainText(words)
    await expect(error).toHaveAttribute('data-path', path)
    await expect(error).toHaveCount(1)
  }
  expect(await balanceOf(network.chain, account)).toBe(had)
  await expect(page.getByTestId('payment')).toHaveCount(0)
  await context.close()
})

test('the key that is shown is the one of the account, and another one takes its place', async ({
  browser,
}) => {
  const { context, page } = await makeVisitor(browser)
  const account = await openWallet(page)
  await page.getByTestId('key-export').click()
  await page.getByTestId('key-export-go').click()
  const shown = await page.getByTestId('key-text').inputValue()
  expect(accountOf(readKey(fromHex(shown)))).toBe(account)
  const other = makeKey()
  await page.getByTestId('wallet-role').nth(1).check({ force: true })
  await expect(page.getByTestId('wallet-account')).not.toHaveAttribute('data-address', account)
  await page.getByTestId('wallet-role').nth(0).check({ force: true })
  await expect(page.getByTestId('wallet-account')).toHaveAttribute('data-address', account)
  await page.getByTestId('key-import').click()
  await page.getByTestId('key-field').fill(toDigits(other))
  await page.getByTestId('key-import-go').click()
  await expect(page.getByTestId('wallet-account')).toHaveAttribute('data-address', accountOf(other))
  await begin(page, `${network.url}/#/contribute`)
  await expect(page.getByTestId('account')).toHaveAttribute('data-address', accountOf(other))
  await context.close()
})

test('what was earned adds up, and each payment of the escrow is listed with its job', async ({
  browser,
}) => {
  const { context, page } = await makeVisitor(browser)
  await begin(page, network.url)
  await expect.poll(() => readShown(page, 'paid'), PATIENCE).toBeGreaterThan(0n)
  await page.getByTestId('pause').click()
  await page.getByRole('link', { name: 'Wallet' }).click()
  await expect(page.getByTestId('wallet-paid')).toBeVisible(PATIENCE)
  const account = await readOwn(page)
  await expect
    .poll(async () => {
      const rows = page.locator('[data-testid=payment][data-kind=earned] [data-testid=payment-amount]')
      const amounts = await rows.evaluateAll((all) => all.map((one) => one.getAttribute('data-wei') ?? ''))
      const listed = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)
      const parts = await Promise.all(
        ['promised', 'claimable', 'inTransit', 'paid', 'refundable', 'total'].map((part) =>
          readShown(page, `wallet-${part}`),
        ),
      )
      const total = parts.pop() ?? 0n
      const [, , , paid = 0n] = parts
      return {
        addsUp: parts.reduce((sum, part) => sum + part, 0n) === total,
        isListed: listed === paid,
        isHeld: (await balanceOf(network.chain, account)) === paid,
      }
    }, PATIENCE)
    .toEqual({ addsUp: true, isListed: true, isHeld: true })
  const payment = page.getByTestId('payment').first()
  await payment.locator('summary').focus()
  await page.keyboard.press('Enter')
  await expect(payment.getByTestId('payment-units')).toHaveText(/^\d+ results: \d[\d, –]*( and \d+ more)?$/)
  await expect(payment.getByTestId('payment-hash')).toHaveText(/^0x[0-9a-f]{64}$/)
  await page.setViewportSize({ width: 360, height: 740 })
  await expectNarrow(page)
  await context.close()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the wallet has no serious fault in ${colorScheme}, nor is it wider than a phone`, async ({
    browser,
  }) => {
    const { context, page } = await openFunded(browser)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await fillSend(page, accountOf(makeKey()), '999999')
    await page.getByTestId('send-go').click()
    await expect(page.getByTestId('field-error')).toBeVisible()
    await checkFaults(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await fillSend(page, accountOf(makeKey()), '0.1')
    await page.getByTestId('send-go').click()
    await page.getByTestId('payment').locator('summary').click(PATIENCE)
    await page.getByTestId('key-import').click()
    await checkFaults(page)
    await expectNarrow(page)
    await context.close()
  })
}

async function openWallet(page: Page): Promise<Address> {
  await page.goto(`${network.url}/#/wallet`)
  await expect(page.getByTestId('wallet-balance')).toBeVisible(PATIENCE)
  return readOwn(page)
}

/** Opens the wallet of a new visitor whose account has coins of the faucet. */
async function openFunded(browser: Browser): Promise<Visitor> {
  const visitor = await makeVisitor(browser)
  const account = await openWallet(visitor.page)
  await askFaucet(network.chain, account, `${network.url}/faucet`)
  const coins = await balanceOf(network.chain, account)
  expect(coins).toBeGreaterThan(toWei(COIN))
  await expect.poll(() => readShown(visitor.page, 'wallet-balance'), PATIENCE).toBe(coins)
  return visitor
}

async function readOwn(page: Page): Promise<Address> {
  return readAddress(await page.getByTestId('wallet-account').getAttribute('data-address'), 'account')
}

async function fillSend(page: Page, to: string, amount: string): Promise<void> {
  await page.getByTestId('send-to').fill(to)
  await page.getByTestId('send-amount').fill(amount)
}

async function fund(page: Page, amount: string): Promise<void> {
  await page.getByTestId('fund-amount').fill(amount)
  await page.getByTestId('fund-go').click()
}

async function checkFaults(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  expect(serious).toEqual([])
}

async function expectNarrow(page: Page): Promise<void> {
  const [whole, seen] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return [scrollWidth, clientWidth]
  })
  expect(whole).toBe(seen)
}
