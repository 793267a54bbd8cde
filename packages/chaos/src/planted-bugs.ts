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
const rewinding: Notice = { project: 'engine', test: 'rewind.test.ts' };
const operating: Notice = { project: 'engine', test: 'operate.test.ts' };
const migrating: Notice = { project: 'engine', test: 'migrate.test.ts' };
const people: Notice = { project: 'engine', test: 'human-task.test.ts' };
const stored: Notice = { project: 'runtime', test: 'src/operate.test.ts' };
const notices: Notice = { project: 'server', test: 'tasks/task-notices.test.ts' };
const engineTest = (test: string): Notice => ({ project: 'engine', test });

const commit = 'packages/runtime/src/postgres/commit.sql';
const turns = 'packages/runtime/src/turns.ts';
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
    file: turns,
    search: beforeCommit,
    replace: `for (const { command, result } of answers) command.settle(result); ${beforeCommit}`,
    noticedBy: simulation,
  },
  {
    name: 'activities begin before the commit',
    file: turns,
    search: beforeCommit,
    replace: `for (const step of record.run) this.#activities.run(resident, step); ${beforeCommit}`,
    noticedBy: simulation,
  },
  {
    name: 'a turn that was not stored is taken for stored',
    file: turns,
    search: "if (outcome !== 'stored') {",
    replace: "if (outcome === 'lost-partition') {",
    noticedBy: simulation,
  },
  {
    name: 'a takeover leaves unfinished activities alone',
    file: 'packages/runtime/src/takeovers.ts',
    search: 'const recovery = this.#recover(partitions);',
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
    search: 'container.container.failed < node.errorTolerance',
    replace: 'container.container.failed + 1 < node.errorTolerance',
    noticedBy: engineTest('container.test.ts'),
  },
  {
    name: 'a running instance is rewound',
    file: 'packages/engine/src/operate.ts',
    search: "  if (state.status !== 'Failed')\n    return refuse('instance.not-failed'",
    replace: "  if (state.status === 'Completed')\n    return refuse('instance.not-failed'",
    noticedBy: rewinding,
  },
  {
    name: 'a starved join is rewound',
    file: 'packages/engine/src/rewind.ts',
    search: "  if (failure?.code === 'JoinStarved' && failure.step === undefined) return false;\n",
    replace: '',
    noticedBy: rewinding,
  },
  {
    name: 'a rewind loses the tokens that were on their way',
    file: 'packages/engine/src/rewind.ts',
    search: 'for (const token of [...again, ...tokensOf(state, tokens)]) {',
    replace: 'for (const token of tokensOf(state, again)) {',
    noticedBy: model,
  },
  {
    name: 'a rewind leaves a failed node behind',
    file: 'packages/engine/src/fallen.ts',
    search: 'tokens: [caughtFrom === undefined ? token : { ...token, caughtFrom }] }',
    replace: 'tokens: caughtFrom === undefined ? [] : [{ ...token, caughtFrom }] }',
    noticedBy: model,
  },
  {
    name: 'a rewind forgets the items that the failure stopped',
    file: 'packages/engine/src/fallen.ts',
    search: 'container.container.running++;\n      container.container.done--;',
    replace: 'container.container.done--;',
    noticedBy: model,
  },
  {
    name: 'retries are not counted anew after a rewind',
    file: 'packages/engine/src/next-attempt.ts',
    search: 'step.since ?? { attempt: 0, at: step.openedAt }',
    replace: '{ attempt: 0, at: step.openedAt }',
    noticedBy: model,
  },
  {
    name: 'a rewound sub-workflow does not count as an attempt',
    file: 'packages/engine/src/fallen.ts',
    search: "step.kind === 'activity' ? step.attempt : step.attempt - 1",
    replace: 'step.attempt',
    noticedBy: rewinding,
  },
  {
    name: 'an outcome of a frame that is gone comes back with a rewind',
    file: 'packages/engine/src/fallen.ts',
    search: '    .filter(({ step }) => isThere.has(step.frame))\n',
    replace: '',
    noticedBy: rewinding,
  },
  {
    name: 'timeouts run on while an instance is Failed',
    file: 'packages/engine/src/fallen.ts',
    search: 'const moved = isLimit ? at',
    replace: 'const moved = isLimit && fired ? at',
    noticedBy: rewinding,
  },
  {
    name: 'a timeout that was the failure does not run again',
    file: 'packages/engine/src/rewind.ts',
    search: '        askChild(turn, step, reason, by);\n        limitAnew(turn, step, hasTimer);',
    replace: '        askChild(turn, step, reason, by);',
    noticedBy: model,
  },
  {
    name: 'a rewind leaves the parent of what cannot go on without an answer',
    file: 'packages/engine/src/rewind.ts',
    search: "  if (!asked || state.status === 'Running'",
    replace: "  if (asked || state.status === 'Running'",
    noticedBy: rewinding,
  },
  {
    name: 'a step is left by a port that carries an error',
    file: 'packages/engine/src/operate.ts',
    search: 'if (port === null || !mayLeaveBy(node, port))',
    replace: 'if (port === null)',
    noticedBy: operating,
  },
  {
    name: 'what a skipped step had started goes on',
    file: 'packages/engine/src/operate.ts',
    search: "    stopStep(turn, step.key, { type: 'cancel', reason: 'Somebody skipped the step it ran for.' });\n",
    replace: '',
    noticedBy: operating,
  },
  {
    name: 'a step that waits for nothing is tried again',
    file: 'packages/engine/src/operate.ts',
    search: "const waits = (step?.kind === 'activity' || step?.kind === 'subWorkflow') && step.phase === 'backoff';",
    replace: "const waits = step?.kind === 'activity' || step?.kind === 'subWorkflow';",
    noticedBy: operating,
  },
  {
    name: 'a migration is carried out wherever the instance is by now',
    file: 'packages/engine/src/operate.ts',
    search: 'if (state.seq !== command.seq)',
    replace: 'if (state.seq < command.seq)',
    noticedBy: migrating,
  },
  {
    name: 'a step migrates to a node of another kind',
    file: 'packages/engine/src/operate.ts',
    search: 'target.nodes.get(command.nodes[id] ?? id)?.kind !== turn.plan.nodes.get(id)?.kind',
    replace: '!target.nodes.has(command.nodes[id] ?? id)',
    noticedBy: migrating,
  },
  {
    name: 'a migration forgets what waits at joins',
    file: 'packages/engine/src/migrate-state.ts',
    search: 'arrived.get(edge) ?? join.fired',
    replace: 'join.fired',
    noticedBy: model,
  },
  {
    name: 'what a step gave is not found by its new name',
    file: 'packages/engine/src/migrate-state.ts',
    search: '    frame.outputs = renamed(frame.outputs, nodes);\n',
    replace: '',
    noticedBy: migrating,
  },
  {
    name: 'a join that needs less now does not fire',
    file: 'packages/engine/src/operate.ts',
    search: "if (join.kind === 'join') fireReady(turn, frame, join);",
    replace: "if (join.kind !== 'join') throw new Error(node);",
    noticedBy: migrating,
  },
  {
    name: 'a migration looks at frames that a join has taken away',
    file: 'packages/engine/src/operate.ts',
    search: '    if (!turn.state.frames.has(frame.id)) continue;\n',
    replace: '',
    noticedBy: migrating,
  },
  {
    name: 'a migration leaves the rows of open tasks behind',
    file: 'packages/engine/src/operate.ts',
    search: "if (step.kind === 'humanTask') changeTaskRow(turn, step);",
    replace: "if (step.kind === 'humanTask') turn.touched.add(step.frame);",
    noticedBy: migrating,
  },
  {
    name: 'a migrated instance’s row keeps its version',
    file: 'packages/runtime/src/turn-record.ts',
    search: '? null : this.#migrations(),',
    replace: '? null : this.#migrations().slice(0, 0),',
    noticedBy: stored,
  },
  {
    name: 'somebody votes twice',
    file: 'packages/engine/src/human-task.ts',
    search: 'return step.votes.some(({ by }) => by === person) ?',
    replace: 'return step.votes.length < 0 ?',
    noticedBy: people,
  },
  {
    name: 'one vote too few decides',
    file: 'packages/engine/src/human-task.ts',
    search: 'return votesFor(step, outcome) >= rule.needed && missingGroups',
    replace: 'return votesFor(step, outcome) >= rule.needed - 1 && missingGroups',
    noticedBy: model,
  },
  {
    name: 'a vote for another outcome decides where as many are needed',
    file: 'packages/engine/src/human-task.ts',
    search: "return rule.others === 'decide' || votesFor(step, outcome) >= rule.needed;",
    replace: 'return votesFor(step, outcome) > 0;',
    noticedBy: model,
  },
  {
    name: 'a decision does without a required group',
    file: 'packages/engine/src/human-task.ts',
    search: ' && missingGroups(step, rule).length === 0;',
    replace: ';',
    noticedBy: people,
  },
  {
    name: 'everybody has a seat',
    file: 'packages/engine/src/human-task.ts',
    search: '  if (freeSeats(step) > 0) return null;',
    replace: '  if (freeSeats(step) >= 0) return null;',
    noticedBy: people,
  },
  {
    name: 'who is excluded by an address written otherwise may decide',
    file: 'packages/engine/src/human-task.ts',
    search: 'names.some((one) => one.toLowerCase() === name)',
    replace: 'names.some((one) => one === name)',
    noticedBy: people,
  },
  {
    name: 'the requester may decide where they may not',
    file: 'packages/engine/src/human-task.ts',
    search: 'excluded.add(name.toLowerCase());',
    replace: 'excluded.delete(name.toLowerCase());',
    noticedBy: people,
  },
  {
    name: 'a notice is told again by whoever looks again',
    file: 'apps/server/src/tasks/task-notices.ts',
    search: 'return `task/${taskId}/${seq}/${receiver}`;',
    replace: 'return `task/${taskId}/${seq}/${receiver}/${Math.random()}`;',
    noticedBy: notices,
  },
];
