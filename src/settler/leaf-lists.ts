import type { Digest, Hex } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { listDigest, packLeafList } from '../protocol/statement/leaf-list.ts'
import type { SignedStatement, Statement } from '../protocol/statement/statement.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Epoch } from './book.ts'
import type { EscrowPort } from './escrow-port.ts'
import { findStatement } from './settler-record.ts'

/** A job whose lists others may ask for. */
export type ListedJob = {
  readonly book: Book
  readonly opening: Opening
  readonly journal: Pick<Journal, 'read'>
  readonly escrow: EscrowPort
  sign(statement: Statement): SignedStatement
}

type Listed = ListedJob & {
  /** The statements that are on chain, or about to be, by epoch. */
  readonly posted: Map<number, Statement>
}

/** The lists of leaves of posted statements: whoever wants to check what was posted asks for them by their digest. */
export class LeafLists {
  readonly #jobs = new Map<Hex, Listed>()
  readonly #mirror: (signed: SignedStatement, opening: Opening) => void

  /** `mirror` has others keep the list of a statement too. */
  constructor(mirror: (signed: SignedStatement, opening: Opening) => void) {
    this.#mirror = mirror
  }

  /** Takes note of what a job has on chain, whoever posted it: all that its settler asks and posts goes through the port that this gives. */
  follow(job: ListedJob): EscrowPort {
    const listed = { ...job, posted: new Map<number, Statement>() }
    const { book, escrow } = job
    this.#jobs.set(book.jobId, listed)
    return {
      ...escrow,
      post: (signed) => {
        // Others shall be able to fetch the list as soon as they hear of the post.
        this.#tell(listed, signed)
        return escrow.post(signed)
      },
      posted: async (epoch) => {
        const there = await escrow.posted(epoch)
        if (there !== undefined && listed.posted.get(epoch)?.root !== there.root) {
          const found = await epochOf(listed, epoch, there.root)
          if (found !== undefined) this.#tell(listed, job.sign(found.statement))
        }
        return there
      },
    }
  }

  /** Forgets a job whose journal is deleted. */
  forget(jobId: Hex): void {
    this.#jobs.delete(jobId)
  }

  /** The bytes of a list: of the newest statement of an epoch, or of an older one that is on chain. */
  async read(digest: Digest): Promise<Uint8Array | undefined> {
    const isWanted = (statement: Statement): boolean => listDigest(statement) === digest
    for (const job of this.#jobs.values()) {
      const newest = job.book.epochs.find(({ statement }) => isWanted(statement))
      if (newest !== undefined) return bytesOf(newest)
      const older = [...job.posted.values()].find(isWanted)
      if (older === undefined) continue
      const found = await findStatement(job.journal, older)
      const bytes = found && bytesOf(found)
      if (bytes !== undefined && digestOf(bytes) === digest) return bytes
    }
    return undefined
  }

  #tell({ posted, opening }: Listed, signed: SignedStatement): void {
    posted.set(signed.statement.epoch, signed.statement)
    this.#mirror(signed, opening)
  }
}

/** The newest statement of an epoch, or the older one with this root. */
async function epochOf({ book, journal }: Listed, epoch: number, root: Hex): Promise<Epoch | undefined> {
  const newest = book.epochs[epoch]
  return newest?.statement.root === root ? newest : findStatement(journal, { epoch, root })
}

function bytesOf({ tree: { leaves }, verdicts }: Epoch): Uint8Array {
  return packLeafList({ leaves, verdicts })
}
