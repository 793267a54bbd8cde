/**
 * How a worker came by a partition, as far as the claims of what it finds there are concerned (Claims, Finder). A worker that gave everything up
 * because its leases had run out, and got it back before anybody else, is still the one that took it over, and may still have to find what the
 * owner before it left.
 */
import type { ClaimedPartition, Ownership } from './ports/durable-store.ts';

export interface TakenPartition extends ClaimedPartition {
  /** This worker had it under the epoch before, and nobody since. */
  regained: boolean;
}

/** `before`: how this worker had it last. */
export function ownershipOf({ epoch, abandoned, regained }: TakenPartition, before: Readonly<Ownership> | undefined): Ownership {
  if (regained && before !== undefined) return { epoch, knownFrom: before.knownFrom, vanished: before.vanished };
  return { epoch, knownFrom: abandoned ? epoch : epoch - 1, vanished: abandoned };
}
