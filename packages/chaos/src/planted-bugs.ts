/**
 * One-line bugs of the kind that loses or doubles something, each with what must notice it. The drill `mutants` plants them one after the other
 * in a copy of the tree; planted-bugs.test.ts sees to it that each still finds its place.
 */
export interface PlantedBug {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replace: string;
  readonly noticedBy: Notice;
}

/** The cheapest that fits: seeds of the simulation until one fails, or a test file of a vitest project. */
export type Notice = { readonly simulation: number } | { readonly project: string; readonly test: string };

const contract: Notice = { project: 'runtime', test: 'postgres/postgres-store.test.ts' };
const notice: Notice = { project: 'runtime', test: 'death-notice.test.ts' };
const lanes: Notice = { project: 'runtime', test: 'commit-lanes.test.ts' };
const model: Notice = { project: 'testing', test: 'model/model.test.ts' };
const simulation: Notice = { simulation: 150 };
const quarantine: Notice = { project: 'runtime', test: 'quarantine.test.ts' };
const cells: Notice = { project: 'runtime', test: 'cells/cells.test.ts' };
const engineTest = (test: string): Notice => ({ project: 'engine', test });

const commit = 'packages/runtime/src/postgres/commit.sql';
const worker = 'packages/runtime/src/worker.ts';
const beforeCommit = 'const outcome = await this.#lanes.submit(item);';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a commit does not look at the epoch',
    file: commit,
    search: 'WHERE ((partition, epoch) IN (SELECT id, epoch FROM owned)) IS TRUE',
    replace: 'WHERE (partition IN (SELECT id FROM owned)) IS TRUE',
    noticedBy: contract,
  },
  {
    name: 'a commit does not look at the seq',
    file: commit,
    search: 'i.seq = s.base_seq AND ',
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'a commit does not look at the execution',
    file: commit,
    search: ' AND i.execution_id = s.execution_id',
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'a commit does not hold its partitions',
    file: commit,
    search: 'ORDER BY p.id FOR KEY SHARE',
    replace: 'ORDER BY p.id',
    noticedBy: contract,
  },
  {
    name: 'a message takes effect as often as it is delivered',
    file: commit,
    search: 'WHERE (c.message_id IN (SELECT message_id FROM message WHERE message_id = ANY($consumed_message::text[]))) IS NOT TRUE',
    replace: 'WHERE false',
    noticedBy: contract,
  },
  {
    name: 'a message is delivered by its sender after it was fetched and done with',
    file: 'packages/runtime/src/mailbox.ts',
    search: 'if (!this.#brought.has(message.messageId)) this.#deliver(message);',
    replace: 'this.#deliver(message);',
    noticedBy: { project: 'runtime', test: 'mailbox.test.ts' },
  },
  {
    name: 'a consumed message stays',
    file: commit,
    search: ') gone WHERE message.message_id = gone.message_id',
    replace: ') gone WHERE message.message_id = gone.message_id AND false',
    noticedBy: contract,
  },
  {
    name: 'a takeover keeps the epoch',
    file: 'packages/runtime/src/postgres/claim-partitions.sql',
    search: 'epoch = p.epoch + 1',
    replace: 'epoch = p.epoch',
    noticedBy: contract,
  },
  {
    name: 'a running lease is taken',
    file: 'packages/runtime/src/postgres/claim-partitions.sql',
    search: 'OR lease_until < now()',
    replace: "OR lease_until < now() + interval '1 hour'",
    noticedBy: contract,
  },
  {
    name: 'a session that ended with all others counts as a death',
    file: 'packages/runtime/src/death-notice.ts',
    search: 'misses >= missesOfUnseen && look.serverUpMs > leaseMs',
    replace: 'misses >= missesOfSeen',
    noticedBy: notice,
  },
  {
    name: 'a worker whose session has ended goes on beginning',
    file: 'packages/runtime/src/death-notice.ts',
    search: 'return !this.#mustWithdraw;',
    replace: 'return true;',
    noticedBy: notice,
  },
  {
    name: 'what may not be begun is begun',
    file: 'packages/runtime/src/activity-dispatcher.ts',
    search: ' && this.#options.mayBegin()',
    replace: '',
    noticedBy: { project: 'runtime', test: 'activity-dispatcher.test.ts' },
  },
  {
    name: 'a worker is said to be gone whose session is there',
    file: 'packages/runtime/src/postgres/lapse.sql',
    search: ' AND pg_try_advisory_xact_lock_shared(presence)',
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'timers are due a minute early',
    file: 'packages/runtime/src/postgres/postgres-store.ts',
    search: 'AND fire_at <= clock_timestamp()\n',
    replace: "AND fire_at <= clock_timestamp() + interval '1 minute'\n",
    noticedBy: contract,
  },
  {
    name: 'a lost commit is recognised by its place alone',
    file: 'packages/runtime/src/postgres/stored.sql',
    search: ' AND h.data::text = e.data',
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'a message sent twice fails',
    file: 'packages/runtime/src/postgres/accept.sql',
    search: '  ON CONFLICT (message_id) DO NOTHING\n',
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'callers are answered before the commit',
    file: worker,
    search: beforeCommit,
    replace: `for (const { command, result } of answers) command.settle(result); ${beforeCommit}`,
    noticedBy: simulation,
  },
  {
    name: 'activities begin before the commit',
    file: worker,
    search: beforeCommit,
    replace: `for (const step of record.run) this.#activities.run(resident, step); ${beforeCommit}`,
    noticedBy: simulation,
  },
  {
    name: 'a turn that was not stored is taken for stored',
    file: worker,
    search: "if (outcome !== 'stored') {",
    replace: "if (outcome === 'lost-partition') {",
    noticedBy: simulation,
  },
  {
    name: 'a takeover leaves unfinished activities alone',
    file: worker,
    search: 'const recovery = this.#recover(partitions.map(({ id }) => id));',
    replace: 'const recovery = Promise.resolve();',
    noticedBy: simulation,
  },
  {
    name: 'a claim is counted by who has lost the partition',
    file: 'packages/runtime/src/postgres/count-claims.sql',
    search: 'partition IS NULL OR ((partition, epoch) IN (SELECT id, epoch FROM owned)) IS TRUE',
    replace: 'true',
    noticedBy: contract,
  },
  {
    name: 'a suspect that was never begun is not counted',
    file: 'packages/runtime/src/postgres/count-claims.sql',
    search: '(substr(known.mark, 7)::bigint < served.known_from)::int',
    replace: '0',
    noticedBy: contract,
  },
  {
    name: 'what a vanished worker left is not counted by who lost the partition to nobody before finding it',
    file: 'packages/runtime/src/ownership.ts',
    search: 'vanished: before.vanished }',
    replace: 'vanished: false }',
    noticedBy: quarantine,
  },
  {
    name: 'a suspect begins in the worker itself',
    file: 'packages/runtime/src/activity-desk.ts',
    search: "verdict?.type === 'runSuspect' && this.#cells !== null",
    replace: "verdict?.type === 'runSuspect' && this.#cells === null",
    noticedBy: quarantine,
  },
  {
    name: 'the death of a cell is not written down',
    file: 'packages/runtime/src/activity-desk.ts',
    search: 'const recorded = this.#recordDeath(job, finder);',
    replace: 'void finder; const recorded = Promise.resolve();',
    noticedBy: quarantine,
  },
  {
    name: 'what died in its cell counts nothing under the next owner',
    file: 'packages/runtime/src/postgres/count-claims.sql',
    search: " OR known.mark = 'died'",
    replace: '',
    noticedBy: contract,
  },
  {
    name: 'a cell begins what is not its worker’s any more',
    file: 'packages/runtime/src/cells/cells.ts',
    search: "if (!(await mayBegin(signal)) || signal.aborted) return 'left';",
    replace: "if (!(await mayBegin(signal)) && signal.aborted) return 'left';",
    noticedBy: cells,
  },
  {
    name: 'a cell that does not answer lives on',
    file: 'packages/runtime/src/cells/cell.ts',
    search: 'this.#stillness.round() > silentRounds',
    replace: 'this.#stillness.round() > Infinity + silentRounds',
    noticedBy: cells,
  },
  {
    name: 'a cell outlives its worker',
    file: 'packages/runtime/src/cells/cell-guard-thread.ts',
    search: 'process.ppid !== parent',
    replace: 'process.ppid < 0 && parent > 0',
    noticedBy: cells,
  },
  {
    name: 'a command’s message is not consumed',
    file: 'packages/runtime/src/turn-record.ts',
    search: 'this.#consumed.push(messageId);',
    replace: 'void messageId;',
    noticedBy: simulation,
  },
  {
    name: 'a timer set and cleared in one commit is set all the same',
    file: 'packages/runtime/src/turn-record.ts',
    search: 'if (!timers.set.delete(timer)) timers.cleared.add(timer);',
    replace: 'timers.cleared.add(timer);',
    noticedBy: simulation,
  },
  {
    name: 'the hot store takes a tail with a gap',
    file: 'packages/runtime/src/local/local-hot-store.ts',
    search: 'known !== undefined && known.seq === update.baseSeq',
    replace: 'known !== undefined',
    noticedBy: { project: 'runtime', test: 'local/local-hot-store.test.ts' },
  },
  {
    name: 'what a lost commit stored is not recognised',
    file: 'packages/runtime/src/commit-lanes.ts',
    search: 'const isStored = ({ item }: Entry): boolean => stored.has(item);',
    replace: 'const isStored = ({ item }: Entry): boolean => stored.size < 0 && stored.has(item);',
    noticedBy: lanes,
  },
  {
    name: 'a conflict after a lost answer is believed',
    file: 'packages/runtime/src/commit-lanes.ts',
    search: 'const doubtful = attempt > 0 ? answered.filter(({ verdict }) => isBecauseOfAnother(verdict)) : [];',
    replace: 'const doubtful: typeof answered = [];',
    noticedBy: lanes,
  },
  {
    name: 'an attempt that runs is begun again',
    file: 'packages/runtime/src/activity-dispatcher.ts',
    search: 'if (known.job.attempt === job.attempt && known.job.executionId === job.executionId) {',
    replace: 'if (known === null) {',
    noticedBy: { project: 'runtime', test: 'activity-dispatcher.test.ts' },
  },
  {
    name: 'a join counts each arrival twice',
    file: 'packages/engine/src/join-tokens.ts',
    search: 'const pass = (join.arrived.get(via) ?? 0) + 1;',
    replace: 'const pass = (join.arrived.get(via) ?? 0) + 2;',
    noticedBy: model,
  },
  {
    name: 'an outcome is taken whatever attempt it is of',
    file: 'packages/engine/src/decide.ts',
    search: "step.phase === 'backoff' || step.attempt !== command.attempt",
    replace: "step.phase === 'backoff'",
    noticedBy: engineTest('work-steps.test.ts'),
  },
  {
    name: 'a result is taken from another child than the open attempt’s',
    file: 'packages/engine/src/decide.ts',
    search: ' || step.child !== command.child',
    replace: '',
    noticedBy: engineTest('work-steps.test.ts'),
  },
  {
    name: 'one attempt too many',
    file: 'packages/engine/src/retry.ts',
    search: 'failed.attempt >= retry.maxNumberOfAttempts',
    replace: 'failed.attempt > retry.maxNumberOfAttempts',
    noticedBy: model,
  },
  {
    name: 'a suspended instance goes on',
    file: 'packages/engine/src/conclude.ts',
    search: "if (next && turn.state.status === 'Running') act(turn, next);",
    replace: 'if (next) act(turn, next);',
    noticedBy: model,
  },
  {
    name: 'a closed step’s timers go on',
    file: 'packages/engine/src/cancel.ts',
    search: "if (timer !== fired && turn.state.timers.has(timer)) turn.effects.push({ type: 'ClearTimer', timer });",
    replace: '',
    noticedBy: simulation,
  },
  {
    name: 'a frame ends with steps open in it',
    file: 'packages/engine/src/run.ts',
    search: 'if (frame?.open.size === 0) endFrame(turn, frame);',
    replace: 'if (frame) endFrame(turn, frame);',
    noticedBy: model,
  },
  {
    name: 'one failed item too few is tolerated',
    file: 'packages/engine/src/raise.ts',
    search: 'container.container.failed <= node.errorTolerance',
    replace: 'container.container.failed < node.errorTolerance',
    noticedBy: model,
  },
];
