/**
 * Random workflow documents with every kind of node, built from blocks (so that most of them are sound) and a few edges across (so that not all
 * are). Beside each expression stands what it means, as a function: the model evaluates those and never sees the expression language.
 */
import type { Json, JsonObject, WorkflowDocument } from '@perdure/graph';
import { drawWorkflow, type DrawnNode } from '../draw-workflow.ts';

export interface RandomWorkflow {
  document: WorkflowDocument;
  /** What each expression's source means. */
  meanings: ReadonlyMap<string, Meaning>;
}

export type Meaning = (scope: ModelScope) => Json | undefined;

/** What an expression may read. Undefined = not there. */
export interface ModelScope {
  input: JsonObject;
  vars: JsonObject;
  output(node: string): Json | undefined;
  item: Json | undefined;
  index: number | undefined;
  errorCode: string | undefined;
}

export interface RandomWorkflowOptions {
  /** Blocks, about. */
  size: number;
  /** Steps that start another workflow, `child`. */
  children?: boolean;
  /** Timers, events and tasks for people. */
  waits?: boolean;
}

/** Failure codes that catches, retry policies and activities of random workflows know. */
const codes = ['Boom', 'Declined', 'Fatal', 'Timeout'];

export function randomWorkflow(random: () => number, options: RandomWorkflowOptions): RandomWorkflow {
  const drawer = new Drawer(random, options);
  drawer.draw();
  return { document: drawWorkflow(drawer.nodes, drawer.edges), meanings: drawer.meanings };
}

/** Where blocks are being drawn. */
interface Place {
  parent: string | null;
  /** Inside a for each or a loop. */
  hasIndex: boolean;
  /** Inside a for each whose items run at once, where variables must not be written. */
  isParallel: boolean;
}

class Drawer {
  readonly nodes: Record<string, DrawnNode> = {};
  readonly edges: string[] = [];
  readonly meanings = new Map<string, Meaning>();
  readonly #random: () => number;
  readonly #options: RandomWorkflowOptions;
  /** Nodes with an output, drawn so far. */
  readonly #known: string[] = [];
  #left: number;
  #count = 0;

  constructor(random: () => number, options: RandomWorkflowOptions) {
    this.#random = random;
    this.#options = options;
    this.#left = options.size;
  }

  draw(): void {
    const top: Place = { parent: null, hasIndex: false, isParallel: false };
    this.nodes.start = { type: 'start' };
    const first = this.#add('setVariables', { config: { variables: { v0: 0, v1: 0 } } }, top, ['start']);
    const exits = this.#blocks(top, [first], this.#between(1, 5));
    this.#add('end', { config: { value: this.#value(top) } }, top, exits);
    for (let n = this.#random() < 0.3 ? this.#between(1, 3) : 0; n > 0; n -= 1) this.#shortcut();
  }

  /** An edge across, forwards only. */
  #shortcut(): void {
    const passing = ['http', 'transform', 'setVariables', 'timer', 'event', 'join', 'setStatus', 'subWorkflow'];
    const names = Object.keys(this.nodes).filter((name) => name !== 'start');
    const from = this.#pick(names.filter((name) => passing.includes(this.nodes[name]?.type ?? '')));
    const to = this.#pick(names);
    if (from === undefined || to === undefined || names.indexOf(to) <= names.indexOf(from)) return;
    if (this.nodes[from]?.parent === this.nodes[to]?.parent) this.#connect(from, to);
  }

  #connect(from: string, to: string): void {
    const edge = `${from} -> ${to}`;
    if (!this.edges.includes(edge)) this.edges.push(edge);
  }

  /** Adds a node behind ports given as `node` or `node.port`. */
  #add(type: string, node: Omit<DrawnNode, 'type'>, place: Place, from: readonly string[]): string {
    const name = `${type}${(this.#count += 1)}`;
    this.nodes[name] = { type, ...node, ...(place.parent === null ? {} : { parent: place.parent }) };
    for (const port of from) this.#connect(port, name);
    return name;
  }

  /** The ports tokens leave by. */
  #blocks(place: Place, from: readonly string[], count: number): string[] {
    let ports = [...from];
    for (let n = 0; n < count && this.#left > 0; n += 1) ports = this.#block(place, ports);
    return ports;
  }

  #content(container: string, outside: Place, inside: Partial<Place>): void {
    const place = { ...outside, ...inside, parent: container };
    const known = this.#known.length;
    const exits = this.#blocks(place, [`${container}.body`], this.#between(1, 3));
    if (this.#random() < 0.8) this.#add('end', { config: { value: this.#value(place) } }, place, exits);
    // What is inside is not seen from outside.
    this.#known.length = known;
  }

  #caught(place: Place, port: string, chance = 0.6): string[] {
    if (this.#random() >= chance) return [];
    const name = this.#add('transform', { config: { value: this.#object({ code: this.#errorCode() }) } }, place, [port]);
    this.#known.push(name);
    return this.#blocks(place, [name], this.#between(0, 1));
  }

  #block(place: Place, from: string[]): string[] {
    this.#left -= 1;
    const { children = true, waits = true } = this.#options;
    const kinds: [number, () => string[]][] = [
      [6, () => this.#activity(place, from)],
      [2, () => this.#transform(place, from)],
      [place.isParallel ? 0 : 2, () => this.#variables(place, from)],
      [1, () => [this.#add('setStatus', { config: { value: this.#value(place) } }, place, from)]],
      [2, () => this.#choice(place, from)],
      [3, () => this.#parallel(place, from)],
      [2, () => this.#forEach(place, from)],
      [2, () => this.#loop(place, from)],
      [2, () => this.#scope(place, from)],
      [waits ? 2 : 0, () => [this.#add('timer', { config: { mode: 'for', value: this.#duration(5, 1_500) } }, place, from)]],
      [waits ? 2 : 0, () => this.#event(place, from)],
      [waits ? 2 : 0, () => this.#human(place, from)],
      [children ? 2 : 0, () => this.#child(place, from)],
      [1, () => this.#fail(place, from)],
      [0.5, () => this.#endHere(place, from)],
    ];
    let roll = this.#random() * kinds.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, draw] of kinds) {
      roll -= weight;
      if (roll < 0) return draw();
    }
    return from;
  }

  #activity(place: Place, from: string[]): string[] {
    const config = { method: 'GET', url: 'https://simulated.test/', body: this.#value(place) };
    const name = this.#add('http', { config, retry: this.#retry() }, place, from);
    this.#known.push(name);
    return [name, ...this.#caught(place, `${name}.error`)];
  }

  #transform(place: Place, from: string[]): string[] {
    const disabled = this.#random() < 0.1;
    const name = this.#add('transform', { config: { value: this.#value(place) }, ...(disabled ? { disabled } : {}) }, place, from);
    this.#known.push(name);
    return [name];
  }

  #variables(place: Place, from: string[]): string[] {
    const name = this.#pick(['v0', 'v1']) ?? 'v0';
    const raised = this.#expression(`vars.${name} + 1`, ({ vars }) => Number(vars[name]) + 1);
    const variables = this.#random() < 0.8 ? { [name]: raised } : { [name]: raised, last: this.#value(place) };
    return [this.#add('setVariables', { config: { variables }, ...(this.#random() < 0.1 ? { disabled: true } : {}) }, place, from)];
  }

  #choice(place: Place, from: string[]): string[] {
    const cases = Array.from({ length: this.#between(1, 2) }, (_, i) => ({ key: `c${i}`, label: `${i}`, when: this.#condition(place) }));
    const name = this.#add('condition', { config: { cases } }, place, from);
    return [...cases.map(({ key }) => key), 'otherwise'].flatMap((port) =>
      this.#random() < 0.1 ? [] : this.#blocks(place, [`${name}.${port}`], this.#between(0, 2)),
    );
  }

  #parallel(place: Place, from: string[]): string[] {
    const split = this.#add('transform', { config: { value: null } }, place, from);
    // At times every branch is entered twice, so that tokens of a later pass wait at the join.
    const twice =
      this.#random() < 0.25 ? [this.#add('http', { config: { method: 'GET', url: 'https://simulated.test/' } }, place, [split])] : [];
    const branches = Array.from({ length: this.#between(2, 3) }, () => {
      const head = this.#add('transform', { config: { value: null } }, place, [split, ...twice]);
      const ports = this.#blocks(place, [head], this.#between(1, 2));
      // Branches merge before the join, so that it has one edge for each.
      return this.#add('transform', { config: { value: null } }, place, ports);
    });
    const mode = this.#pick(['all', 'all', 'any', 'count']) ?? 'all';
    const config = {
      mode,
      ...(mode === 'count' ? { count: this.#between(1, branches.length) } : {}),
      ...(this.#random() < 0.4 ? { cancelRest: true } : {}),
    };
    return [this.#add('join', { config }, place, branches)];
  }

  #forEach(place: Place, from: string[]): string[] {
    const list = Array.from({ length: this.#between(0, 4) }, (_, i) => i);
    const items = this.#random() < 0.5 ? list : this.#expression('input.list', ({ input }) => input.list);
    const isParallel = this.#random() < 0.6;
    const config: JsonObject = {
      items,
      mode: isParallel ? 'parallel' : 'sequential',
      ...(isParallel && this.#random() < 0.5 ? { concurrency: this.#between(1, 3) } : {}),
      ...(this.#random() < 0.5 ? { errorTolerance: this.#between(0, 2) } : {}),
    };
    const name = this.#add('forEach', { config }, place, from);
    this.#content(name, place, { hasIndex: true, isParallel: place.isParallel || isParallel });
    this.#known.push(name);
    return [name, ...this.#caught(place, `${name}.error`)];
  }

  #loop(place: Place, from: string[]): string[] {
    const mode = this.#random() < 0.5 ? 'while' : 'until';
    const passes = this.#between(mode === 'while' ? 0 : 1, 3);
    const condition =
      mode === 'while'
        ? this.#meant(`index < ${passes}`, ({ index }) => Number(index) < passes)
        : this.#meant(`index >= ${passes - 1}`, ({ index }) => Number(index) >= passes - 1);
    const config = { mode, condition, ...(this.#random() < 0.2 ? { maxPasses: this.#between(1, 2) } : {}) };
    const name = this.#add('loop', { config }, place, from);
    this.#content(name, place, { hasIndex: true });
    this.#known.push(name);
    return [name, ...this.#caught(place, `${name}.error`)];
  }

  #scope(place: Place, from: string[]): string[] {
    const catches = [
      ...(this.#random() < 0.5 ? [{ key: 'some', label: 'Some', codes: [this.#pick(codes) ?? '', this.#pick(codes) ?? ''] }] : []),
      ...(this.#random() < 0.6 ? [{ key: 'any', label: 'Any' }] : []),
    ];
    const config = { catches, ...(this.#random() < 0.3 ? { timeout: this.#duration(50, 1_500) } : {}) };
    const name = this.#add('scope', { config }, place, from);
    this.#content(name, place, {});
    this.#known.push(name);
    return [name, ...catches.flatMap(({ key }) => this.#caught(place, `${name}.${key}`, 0.8))];
  }

  #event(place: Place, from: string[]): string[] {
    const hasTimeout = this.#random() < 0.6;
    const config = { name: this.#pick(['Go', 'stop']) ?? 'Go', ...(hasTimeout ? { timeout: this.#duration(100, 4_000) } : {}) };
    const name = this.#add('event', { config }, place, from);
    this.#known.push(name);
    return [name, ...(hasTimeout ? this.#caught(place, `${name}.timeout`) : [])];
  }

  #human(place: Place, from: string[]): string[] {
    const hasDeadline = this.#random() < 0.5;
    const outcomes = ['approve', 'reject'].map((key) => ({
      key,
      label: key,
      tone: key === 'approve' ? ('primary' as const) : ('neutral' as const),
    }));
    const several =
      this.#random() < 0.4 ? { quorum: this.#random() < 0.5 ? 2 : 3, ...(this.#random() < 0.5 ? { othersNeedAsMany: true } : {}) } : {};
    const config = {
      title: 'Decide',
      outcomes,
      ...several,
      ...(hasDeadline ? { deadline: this.#duration(200, 5_000) } : {}),
      ...(this.#random() < 0.2 ? { reminders: [this.#duration(50, 500), this.#duration(500, 4_000)] } : {}),
      ...(this.#random() < 0.2 ? { escalateAfter: this.#duration(100, 4_000), escalateTo: ['boss'] } : {}),
    };
    const name = this.#add('humanTask', { config }, place, from);
    this.#known.push(name);
    return [`${name}.approve`, `${name}.reject`, ...(hasDeadline ? this.#caught(place, `${name}.overdue`) : [])];
  }

  #child(place: Place, from: string[]): string[] {
    const wait = this.#random() < 0.75;
    const config = { workflow: 'child', input: { n: 1, list: [1, 2], flag: true }, ...(wait ? {} : { wait }) };
    const timeout = this.#random() < 0.3 ? { timeout: this.#duration(50, 1_000) } : {};
    const name = this.#add('subWorkflow', { config, retry: this.#retry(), ...timeout }, place, from);
    if (wait) this.#known.push(name);
    return [name, ...this.#caught(place, `${name}.error`)];
  }

  /** Its own branch fails, or everything does. */
  #fail(place: Place, from: string[]): string[] {
    const config = { code: this.#pick(codes) ?? 'Boom', message: 'drawn to fail' };
    if (this.#random() < 0.4) {
      this.#add('fail', { config }, place, from);
      return [];
    }
    const condition = this.#add('condition', { config: { cases: [{ key: 'c0', label: '0', when: this.#condition(place) }] } }, place, from);
    this.#add('fail', { config }, place, [`${condition}.c0`]);
    return [`${condition}.otherwise`];
  }

  /** One token goes on, its twin ends here and sets the result. */
  #endHere(place: Place, from: string[]): string[] {
    this.#add('end', { config: { value: this.#value(place) } }, place, from);
    return from;
  }

  #retry(): NonNullable<DrawnNode['retry']> {
    return {
      firstRetryInterval: this.#duration(10, 200),
      maxNumberOfAttempts: this.#between(1, 3),
      ...(this.#random() < 0.5 ? { backoffCoefficient: 2 } : {}),
      ...(this.#random() < 0.2 ? { retryTimeout: this.#duration(50, 600) } : {}),
      ...(this.#random() < 0.3 ? { nonRetryableErrors: ['Boom'] } : {}),
    };
  }

  // ── Expressions, each with its meaning ─────────────────────────────────────

  #value(place: Place): Json {
    if (this.#random() < 0.2) return this.#between(0, 3);
    if (this.#random() < 0.4) return this.#object({ a: this.#read(place), b: this.#read(place) });
    const [source, meaning] = this.#read(place);
    return this.#expression(source, meaning);
  }

  #condition(place: Place): string {
    const number = this.#between(0, 2);
    const [source, meaning] = this.#pick([
      this.#read(place),
      ['vars.v0', ({ vars }: ModelScope) => vars.v0] satisfies [string, Meaning],
      ['input.n', ({ input }: ModelScope) => input.n] satisfies [string, Meaning],
    ]) ?? ['input.n', ({ input }: ModelScope) => input.n];
    if (this.#random() < 0.2) return this.#meant('input.flag', ({ input }) => input.flag);
    return this.#meant(`${source} = ${number}`, (scope) => meaning(scope) === number);
  }

  #read(place: Place): [string, Meaning] {
    const known = this.#pick(this.#known);
    const readings: [string, Meaning][] = [['input.n', ({ input }) => input.n], ['vars.v1', ({ vars }) => vars.v1], this.#errorCode()];
    if (known !== undefined) {
      readings.push([`steps.${known}.output`, (scope) => scope.output(known)]);
      readings.push([`steps.${known}.output.k`, (scope) => lookUp(scope.output(known), 'k')]);
    }
    if (place.hasIndex) readings.push(['index', ({ index }) => index], ['item', ({ item }) => item]);
    return this.#pick(readings) ?? ['input.n', ({ input }) => input.n];
  }

  #errorCode(): [string, Meaning] {
    return ['error.code', ({ errorCode }) => errorCode];
  }

  #object(fields: Record<string, [string, Meaning]>): JsonObject {
    const source = `{ ${Object.entries(fields)
      .map(([name, [inner]]) => `"${name}": ${inner}`)
      .join(', ')} }`;
    return this.#expression(source, (scope) => {
      const values = Object.entries(fields).map(([name, [, meaning]]) => [name, meaning(scope)] as const);
      return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    });
  }

  #expression(source: string, meaning: Meaning): { expr: string } {
    return { expr: this.#meant(source, meaning) };
  }

  #meant(source: string, meaning: Meaning): string {
    this.meanings.set(source, meaning);
    return source;
  }

  #duration(leastMs: number, mostMs: number): string {
    return `${this.#between(leastMs, mostMs)}ms`;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  #between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }
}

/** As JSONata looks a name up: in each item of a list; nothing found is nothing, one found is itself. */
function lookUp(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) {
    const found = value.flatMap((item) => lookUp(item, name) ?? []);
    return found.length > 1 ? found : found[0];
  }
  return typeof value === 'object' && value !== null ? value[name] : undefined;
}
