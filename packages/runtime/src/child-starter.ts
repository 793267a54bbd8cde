/**
 * A sub-workflow's start, as its message brings it: the version is looked up here, and a child that cannot be started is reported to its parent.
 *
 * Not here: what the parent makes of it (the engine).
 */
import type { CommandBody, InstanceId } from '@perdure/engine';
import { newExecutionId } from './new-execution-id.ts';
import { partitionOf } from './partition-of.ts';
import type { PlanCache } from './plan-cache.ts';
import type { DurableStore, InstanceCreation, MessageBody, OutgoingMessage, StoredMessage } from './ports/durable-store.ts';
import type { QueuedCommand } from './resident.ts';
import type { SendResult } from './runtime.ts';

export interface ChildStarterOptions {
  store: Pick<DurableStore, 'load' | 'accept' | 'deleteMessages'>;
  plans: PlanCache;
  partitions: number;
  /** A command for an instance that is in memory, or that has to be loaded. */
  enqueue(id: InstanceId, command: QueuedCommand): void;
  /** These are in the store. */
  deliver(messages: readonly OutgoingMessage[]): void;
}

type StartChild = Extract<MessageBody, { type: 'StartChild' }>;

export class ChildStarter {
  readonly #options: ChildStarterOptions;

  constructor(options: ChildStarterOptions) {
    this.#options = options;
  }

  /** Resolves when the message is done with. */
  async start(message: StoredMessage, body: StartChild): Promise<void> {
    const { instanceId: id, messageId } = message;
    const published = await this.#options.plans.find(body.workflow, body.version);
    if (published === null) {
      const version = body.version === null ? 'a published version' : `version ${body.version}`;
      await this.#fail(message, body, { code: 'UnknownWorkflow', message: `There is no workflow ${body.workflow} with ${version}.` });
      return;
    }
    const creation: InstanceCreation = {
      workflow: published.workflow,
      version: published.version,
      tags: body.tags,
      startedBy: 'workflow',
      parent: body.parent,
      replace: [],
    };
    const command: CommandBody = {
      type: 'StartExecution',
      executionId: newExecutionId(),
      workflow: published.workflow,
      version: published.version,
      input: body.input,
      tags: body.tags,
      startedBy: 'workflow',
      parent: body.parent,
      ...(body.traceParent === undefined ? {} : { traceParent: body.traceParent }),
      ...(body.test === undefined ? {} : { test: body.test }),
      ...(body.requester === undefined ? {} : { requester: body.requester }),
      ...(body.coRequesters === undefined ? {} : { coRequesters: body.coRequesters }),
    };
    const result = await new Promise<SendResult>((settle) => this.#options.enqueue(id, { body: command, messageId, settle, creation }));
    if (result.ok || result.code !== 'instance.exists' || body.parent === null) return;
    // Either this very start was taken up before, or somebody else's instance has the id.
    const { parent } = body;
    const existing = (await this.#options.store.load([id])).get(id);
    if (existing === undefined || (existing.parent?.instanceId === parent.instanceId && existing.parent.step === parent.step)) return;
    await this.#fail(message, body, { code: 'InstanceExists', message: `Another instance has the id ${id} already.` });
  }

  async #fail(message: StoredMessage, body: StartChild, failure: { code: string; message: string }): Promise<void> {
    if (body.parent !== null) {
      const parent = body.parent.instanceId;
      const told = {
        partition: partitionOf(parent, this.#options.partitions),
        instanceId: parent,
        messageId: `done:${message.instanceId}:unstarted`,
        body: { type: 'FailChild' as const, step: body.parent.step, child: message.instanceId, failure },
      };
      await this.#options.store.accept([], [told]);
      this.#options.deliver([told]);
    }
    await this.#options.store.deleteMessages([message.messageId]);
  }
}
