/**
 * The latest version of each entity type, compiled. Looked up anew when told that it was saved, or after 5 s; while the database cannot be asked,
 * what was known goes on being used.
 */
import { compileEntityType, type EntityPlan, type ExpressionAnalyser } from '@perdure/graph';
import type { DurableStore } from './ports/durable-store.ts';

const ttlMs = 5_000;

interface Known {
  plan: EntityPlan | null;
  until: number;
}

export class EntityTypes {
  readonly #store: Pick<DurableStore, 'entityType'>;
  readonly #analyser: ExpressionAnalyser;
  readonly #known = new Map<string, Known>();
  readonly #finding = new Map<string, Promise<EntityPlan | null>>();

  constructor(store: Pick<DurableStore, 'entityType'>, analyser: ExpressionAnalyser) {
    this.#store = store;
    this.#analyser = analyser;
  }

  /** The type if it is at hand; null when there is none of this name, undefined when that has to be asked. */
  peek(name: string): EntityPlan | null | undefined {
    const known = this.#known.get(name);
    return known !== undefined && known.until > performance.now() ? known.plan : undefined;
  }

  /** Null when there is no such type. Rejects when it is not known and the store is away. */
  find(name: string): Promise<EntityPlan | null> {
    const underway = this.#finding.get(name);
    if (underway !== undefined) return underway;
    const finding = this.#ask(name)
      .then((plan) => {
        // A save that was told meanwhile has begun another asking.
        if (this.#finding.get(name) === finding) this.#known.set(name, { plan, until: performance.now() + ttlMs });
        return plan;
      })
      .finally(() => {
        if (this.#finding.get(name) === finding) this.#finding.delete(name);
      });
    this.#finding.set(name, finding);
    return finding;
  }

  saved(name: string): void {
    this.#known.delete(name);
    this.#finding.delete(name);
  }

  async #ask(name: string): Promise<EntityPlan | null> {
    const before = this.#known.get(name);
    try {
      const stored = await this.#store.entityType(name);
      if (stored === null) return null;
      return before?.plan?.version === stored.version ? before.plan : this.#compile(name, stored);
    } catch (error) {
      if (before === undefined) throw error;
      return before.plan;
    }
  }

  #compile(name: string, { version, document }: NonNullable<Awaited<ReturnType<DurableStore['entityType']>>>): EntityPlan {
    const compiled = compileEntityType(document, { version, analyser: this.#analyser });
    if (!compiled.ok)
      throw new Error(
        `Version ${version} of the entity type ${name} does not compile: ${compiled.problems.map(({ title }) => title).join('; ')}`,
      );
    return compiled.plan;
  }
}
