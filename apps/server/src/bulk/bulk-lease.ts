/**
 * That a job is this process's, and until when: by a clock of this process that goes on while it stands still, counted from before the statement
 * that the database answered. So it ends here before it ends there.
 */
import type { Database } from '@perdure/database';
import { type BulkHold, bulkLeaseMs, type BulkStatus, claimBulkJob, holdBulkJob } from '@perdure/database/bulk';

type Prisma = Database['prisma'];

/** What is begun within the lease takes a moment to arrive. */
const marginMs = 500;

export class BulkLease {
  readonly hold: BulkHold;
  readonly #prisma: Prisma;
  #until: number;

  constructor(prisma: Prisma, hold: BulkHold, askedAt: number) {
    this.#prisma = prisma;
    this.hold = hold;
    this.#until = askedAt + bulkLeaseMs - marginMs;
  }

  get isHeld(): boolean {
    return performance.now() < this.#until;
  }

  /** Null: the job is another's. */
  async renew(): Promise<BulkStatus | null> {
    const askedAt = performance.now();
    const status = await holdBulkJob(this.#prisma, this.hold);
    this.#until = status === null ? 0 : askedAt + bulkLeaseMs - marginMs;
    return status;
  }

  /** A statement that renews the lease when it gives anything. */
  async during<Row>(take: () => Promise<Row[]>): Promise<Row[]> {
    const askedAt = performance.now();
    const rows = await take();
    if (rows.length > 0) this.#until = askedAt + bulkLeaseMs - marginMs;
    return rows;
  }
}

/** The oldest job that nobody holds; null: there is none. */
export async function claimLease(prisma: Prisma, holder: string): Promise<BulkLease | null> {
  const askedAt = performance.now();
  const job = await claimBulkJob(prisma, holder);
  return job === null ? null : new BulkLease(prisma, { job, holder }, askedAt);
}
