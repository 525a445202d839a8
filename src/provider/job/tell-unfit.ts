import type { Failure } from '../../protocol/failure.ts'
import { UNIT_FAILURES } from '../../protocol/work/message.ts'
import type { JobWork } from './job-work.ts'
import type { Visit } from './visit.ts'

/** Tells a publisher that its job does not load here, so that it learns why nobody asks for units. */
export function tellUnfit({ link }: Visit, { said, manifest }: JobWork, failure: Failure): void {
  const executor = manifest?.programs[0]?.kind
  const code = UNIT_FAILURES.find((known) => known === failure.code)
  if (executor === undefined || code === undefined || !link.isOpen) return
  link.send({ kind: 'unfit', jobId: said.jobId, executor, code, message: failure.message })
}
