import type { Database } from '@perdure/database';
import { verifyAudit, type BrokenEntry } from '@perdure/database/write';

/** Walks the chain and says on the terminal what it found. The exit code: 0 when it holds. */
export async function reportAudit(database: Database, expect: string | null): Promise<number> {
  const { entries, unsealed, head, broken, expected } = await verifyAudit(database.prisma, expect);
  if (broken !== null) {
    console.error(`The audit log is broken at entry ${broken.id}, after ${entries} whole ones.`);
    console.error(whatIsWrong(broken));
    console.error(`It reads: ${broken.at.toISOString()} ${broken.actor} ${broken.action} ${broken.target}`);
    return 1;
  }
  const open = unsealed === 0 ? '' : ` ${unsealed} newer ${unsealed === 1 ? 'one is' : 'ones are'} not sealed yet.`;
  console.log(`The audit log is whole: ${entries} sealed ${entries === 1 ? 'entry' : 'entries'}.${open}`);
  console.log(head === '' ? 'It has no head yet.' : `Head: ${head}`);
  if (expect === null) return 0;
  if (expected === null) {
    console.error('The expected hash is not in it: entries up to it were cut off, or all were written anew.');
    return 1;
  }
  console.log(expected.isHead ? 'That is the expected one.' : `The expected one is entry ${expected.id}; the log has grown since.`);
  return 0;
}

function whatIsWrong({ fault, count }: BrokenEntry): string {
  switch (fault) {
    case 'changed':
      return 'It is not what was sealed: it, or an older entry sealed before positions were counted, was changed or taken away.';
    case 'missing':
      return count === 1 ? 'The entry before it is missing.' : `${count} entries before it are missing.`;
    case 'reordered':
      return 'It stands at another place than it was sealed at.';
    case 'unsealed':
      return 'It is not sealed, although later entries are.';
  }
}
