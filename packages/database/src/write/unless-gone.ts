import { Prisma } from '../generated/client.ts';

/**
 * For what is written beside something that may be purged at any moment: `gone` when it was, whatever was seen of it before. In a transaction,
 * around all of it.
 */
export async function unlessGone<Stored>(store: Promise<Stored>): Promise<Stored | 'gone'> {
  try {
    return await store;
  } catch (thrown) {
    if (thrown instanceof Prisma.PrismaClientKnownRequestError && thrown.code === missingParent) return 'gone';
    throw thrown;
  }
}

/** Prisma's code for what refers to a row that there is not. */
const missingParent = 'P2003';
