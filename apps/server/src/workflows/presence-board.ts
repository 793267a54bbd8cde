/**
 * Who has which workflow open. Every process knows its own visits; it tells the others whom it has whenever that changes and every few
 * seconds, and believes of another process what that told last until it has been silent for a while. Nothing is stored: after a crash
 * or a lost message the next telling mends it.
 *
 * It only ever tells names of people who may read workflows, to people who may: whoever is present was let in by `workflow.read`.
 */
import { randomUUID } from 'node:crypto';
import type { Runtime } from '@perdure/runtime';
import { z } from 'zod';
import type { PresentPerson } from '../trpc/contract/workflows.ts';

const topic = 'presence';
const tellEveryMs = 5_000;
const believedForMs = 3 * tellEveryMs;
/** Of one workflow: more faces than anybody reads. */
const shownAtMost = 50;

export class PresenceBoard {
  readonly #carrier: Pick<Runtime, 'tellOthers' | 'onTold'>;
  readonly #process = randomUUID();
  /** By workflow, then by entering: a page that subscribes anew is twice here for a moment. */
  readonly #own = new Map<string, Map<symbol, PresentPerson>>();
  readonly #others = new Map<string, { people: Map<string, PresentPerson[]>; at: number }>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #stopHearing: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(carrier: Pick<Runtime, 'tellOthers' | 'onTold'>) {
    this.#carrier = carrier;
    this.#stopHearing = carrier.onTold(topic, (data) => this.#hear(data));
    this.#timer = setInterval(() => this.#beat(), tellEveryMs).unref();
    // Whoever is there already says so, rather than at the next beat.
    carrier.tellOthers(topic, { process: this.#process, asks: true });
  }

  /** Gives the way to leave. */
  enter(workflow: string, person: Omit<PresentPerson, 'since'>): () => void {
    const own = this.#own.get(workflow) ?? new Map<symbol, PresentPerson>();
    this.#own.set(workflow, own);
    const before = [...own.values()].find(({ visit }) => visit === person.visit);
    const place = Symbol(person.visit);
    own.set(place, { ...person, since: before?.since ?? new Date().toISOString() });
    this.#changed(workflow);
    return () => {
      own.delete(place);
      if (own.size === 0 && this.#own.get(workflow) === own) this.#own.delete(workflow);
      this.#changed(workflow);
    };
  }

  /** In the order they came. */
  present(workflow: string): PresentPerson[] {
    const visits = new Map<string, PresentPerson>();
    for (const { people } of this.#others.values()) for (const person of people.get(workflow) ?? []) visits.set(person.visit, person);
    // The latest entering of a visit is where it is now.
    for (const person of this.#own.get(workflow)?.values() ?? []) visits.set(person.visit, person);
    return [...visits.values()].sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)).slice(0, shownAtMost);
  }

  watch(workflow: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(workflow) ?? new Set();
    this.#listeners.set(workflow, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(workflow) === listeners) this.#listeners.delete(workflow);
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopHearing();
    this.#own.clear();
    this.#tell();
    this.#listeners.clear();
  }

  #changed(workflow: string): void {
    this.#tell();
    this.#notify([workflow]);
  }

  #tell(): void {
    const people = [...this.#own].map(([workflow, visits]) => ({ workflow, people: [...visits.values()].slice(-shownAtMost) }));
    // Plain data, as the schema below reads it.
    this.#carrier.tellOthers(topic, { process: this.#process, people: JSON.parse(JSON.stringify(people)) });
  }

  #hear(data: unknown): void {
    const told = messageSchema.safeParse(data);
    if (!told.success || told.data.process === this.#process) return;
    if ('asks' in told.data) {
      if (this.#own.size > 0) this.#tell();
      return;
    }
    const people = new Map(told.data.people.map((entry) => [entry.workflow, entry.people]));
    const before = this.#others.get(told.data.process)?.people;
    if (people.size === 0) this.#others.delete(told.data.process);
    else this.#others.set(told.data.process, { people, at: performance.now() });
    const workflows = new Set([...(before?.keys() ?? []), ...people.keys()]);
    this.#notify([...workflows].filter((key) => JSON.stringify(before?.get(key)) !== JSON.stringify(people.get(key))));
  }

  #beat(): void {
    if (this.#own.size > 0) this.#tell();
    for (const [process, { people, at }] of this.#others) {
      if (performance.now() - at < believedForMs) continue;
      this.#others.delete(process);
      this.#notify(people.keys());
    }
  }

  #notify(workflows: Iterable<string>): void {
    for (const workflow of workflows) for (const listener of this.#listeners.get(workflow) ?? []) listener();
  }
}

const personSchema = z.strictObject({
  visit: z.string().max(200),
  userId: z.string().max(100),
  name: z.string().max(500),
  edits: z.boolean(),
  since: z.iso.datetime(),
  node: z.string().max(64).nullable(),
});

const messageSchema = z.union([
  z.strictObject({ process: z.uuid(), asks: z.literal(true) }),
  z.strictObject({
    process: z.uuid(),
    people: z.array(z.strictObject({ workflow: z.string().max(200), people: z.array(personSchema).max(shownAtMost) })).max(10_000),
  }),
]);
