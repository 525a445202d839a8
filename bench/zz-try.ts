import { withStage } from './stage.ts'
const units = Number(process.argv[2] ?? 1000)
const cap = Number(process.argv[3] ?? 60)
await withStage(async ({ publisher, providers }) => {
  const t0 = Date.now()
  const log = (...a: unknown[]) => console.log(Date.now() - t0, ...a)
  await publisher.evaluate(() => window.bench.startPublisher()); log('publisher')
  await Promise.all(providers.map((p) => p.evaluate(() => window.bench.startProvider()))); log('providers')
  const rate = (times: number[]) => { const n=times.length; const a=times[Math.floor(n*.1)]!, b=times[Math.floor(n*.9)-1]!; return .8*n/(b-a)*1000 }
  await publisher.evaluate(() => window.bench.square(0, 20))
  log('warm')
  const ran = await publisher.evaluate(([i,n]) => window.bench.square(i!, n!), [1, units]); log('weft', rate(ran.times), ran.own, ran.paths)
  let prev = ran.times[0]!
  const gaps: string[] = []
  ran.times.forEach((t, i) => { if (t - prev > 100) gaps.push(`${i}:${Math.round(t-prev)}`); prev = t })
  console.log('gaps', gaps.join(' '))
}, AbortSignal.timeout(cap*1000))
