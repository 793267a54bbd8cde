/**
 * Exports that run at the same time: each holds a request open and reads the database for as long as its receiver takes what it is given.
 *
 * X1 Nobody has more than `each`, and this process not more than `all`. Who asks for one more is told what to do, not kept waiting.
 * X2 A place is given back when its stream is closed, however that came.
 * X3 An export ends when its caller's session or key ends or their rights change, before its next portion. What was sent by then has no last
 *    line: the receiver sees that something is missing, and asks anew with the rights there are then.
 */
import { Readable } from 'node:stream';
import { actorOf, type Identity } from '../auth/identity.ts';
import { isStillCaller, whenCallerChanges } from '../auth/when-caller-changes.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';

export class ExportPlaces {
  readonly #each: number;
  readonly #all: number;
  /** By who has them. */
  readonly #taken = new Map<string, number>();

  constructor({ each = 2, all = 6 }: { each?: number; all?: number } = {}) {
    this.#each = each;
    this.#all = all;
  }

  /** [X1] Why they cannot have another one now; null: they can. */
  refusal(identity: Identity): string | null {
    const own = this.#taken.get(actorOf(identity)) ?? 0;
    if (own >= this.#each) return `${own} exports of yours are running. Let one end, or stop one, and ask again.`;
    const all = [...this.#taken.values()].reduce((sum, taken) => sum + taken, 0);
    return all >= this.#all ? `${all} exports are running, as many as may at a time. Ask again in a minute.` : null;
  }

  /** Gives the way to give it back, or throws `export.too-many`. */
  take(identity: Identity): () => void {
    const refusal = this.refusal(identity);
    if (refusal !== null) throw new RequestError('export.too-many', refusal);
    const by = actorOf(identity);
    this.#taken.set(by, (this.#taken.get(by) ?? 0) + 1);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      const left = (this.#taken.get(by) ?? 1) - 1;
      if (left === 0) this.#taken.delete(by);
      else this.#taken.set(by, left);
    };
  }
}

/**
 * The stream of an export. `begin` is done once there is a place for it. `portions` calls what it is given before each thing it reads [X3].
 */
export async function exportStream(
  installation: Installation,
  identity: Identity,
  begin: () => Promise<void>,
  portions: (demandStill: () => Promise<void>) => AsyncIterable<string>,
): Promise<Readable> {
  const giveBack = installation.exports.take(identity);
  try {
    await begin();
  } catch (thrown) {
    giveBack();
    throw thrown;
  }
  const stream = Readable.from(whileAllowed(installation, identity, portions), { highWaterMark: 1 });
  stream.once('close', giveBack);
  return stream;
}

async function* whileAllowed(
  installation: Installation,
  identity: Identity,
  portions: (demandStill: () => Promise<void>) => AsyncIterable<string>,
): AsyncGenerator<string> {
  let isToldOfChange = false;
  const forget = whenCallerChanges(installation, identity, () => (isToldOfChange = true));
  const demandStill = async (): Promise<void> => {
    isToldOfChange = false;
    if (!(await isStillCaller(installation, identity)))
      throw new RequestError(
        'auth.forbidden',
        'The session or the key ended, or its rights changed, while this was exported. Ask for it again.',
      );
  };
  try {
    for await (const portion of portions(demandStill)) {
      // A portion may be one of many of a long history.
      if (isToldOfChange) await demandStill();
      yield portion;
    }
  } finally {
    forget();
  }
}
