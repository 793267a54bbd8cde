import { confirmIntent, type DeedPortion, dropIntent, notePortion, writeIntent, type AuditRecord } from '@perdure/database/write';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';

export interface Deed<Result> {
  /** `instance.terminate` */
  action: string;
  /** `instance:<id>`. Where only the result tells it, what is known before. */
  target: string;
  detail?: AuditRecord['detail'];
  reason?: string;
  /** Of a deed over many: the field of its detail that says how many. */
  counts?: string;
  /** What only the result tells. Null: nothing was done, and nothing is recorded. */
  afterwards?: (result: Result) => Partial<Pick<AuditRecord, 'target' | 'detail' | 'before' | 'after'>> | null;
}

/** Called before each portion of a deed over many instances, so that a crash leaves what was done. */
export type TellPortion = (portion: Omit<DeedPortion, 'field'>) => Promise<void>;

/**
 * For deeds that the runtime commits. The intent is stored before the deed is tried, so a crash in between loses no entry: what is left of it
 * is settled from the history (audit-intent.ts). A refusal leaves nothing.
 */
export async function withDeed<Result>(
  { database: { prisma } }: Installation,
  identity: Identity,
  deed: Deed<Result>,
  commit: (tellPortion: TellPortion) => Promise<Result>,
): Promise<Result> {
  const { action, target, detail, reason } = deed;
  const record: AuditRecord = { actor: actorOf(identity), action, target };
  if (detail !== undefined) record.detail = detail;
  if (reason !== undefined) record.reason = reason;
  const intent = await writeIntent(prisma, record);
  const forget = () => dropIntent(prisma, intent).catch(leftToTheSweep);
  let result: Result;
  try {
    result = await commit((portion) => notePortion(prisma, intent, { field: deed.counts ?? 'instances', ...portion }));
  } catch (thrown) {
    // Everything else may have happened all the same: an answer that got lost, for instance.
    if (thrown instanceof RequestError && thrown.status < 500) await forget();
    throw thrown;
  }
  const changes = deed.afterwards === undefined ? {} : deed.afterwards(result);
  if (changes === null) await forget();
  else await confirmIntent(prisma, intent, changes).catch(leftToTheSweep);
  return result;
}

/** The deed stands, and the person is told so; its intent is still there. */
function leftToTheSweep(): void {}
