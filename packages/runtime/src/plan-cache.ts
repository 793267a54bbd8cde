/** Plans by workflow and version, compiled once; and the latest version of each workflow, looked up anew when told or after 5 s. */
import { compile, type ExpressionAnalyser, type Plan, type createCatalogue } from '@perdure/graph';
import type { DurableStore } from './ports/durable-store.ts';

export interface PublishedPlan {
  workflow: string;
  version: number;
  plan: Plan;
}

const latestTtlMs = 5_000;

export class PlanCache {
  readonly #store: Pick<DurableStore, 'latestVersion' | 'versionDocument'>;
  readonly #analyser: ExpressionAnalyser;
  readonly #catalogue: ReturnType<typeof createCatalogue> | undefined;
  readonly #limit: number;
  readonly #plans = new Map<string, Promise<PublishedPlan | null>>();
  readonly #ready = new Map<string, PublishedPlan>();
  readonly #latest = new Map<string, { version: Promise<number | null>; until: number }>();

  constructor(
    store: Pick<DurableStore, 'latestVersion' | 'versionDocument'>,
    analyser: ExpressionAnalyser,
    catalogue?: ReturnType<typeof createCatalogue>,
    limit = 1_000,
  ) {
    this.#store = store;
    this.#analyser = analyser;
    this.#catalogue = catalogue;
    this.#limit = limit;
  }

  /** Null when the workflow or version is not published. Rejects when the store is away. */
  async find(workflow: string, version: number | null): Promise<PublishedPlan | null> {
    const wanted = version ?? (await this.latestVersion(workflow));
    return wanted === null ? null : this.#compiled(workflow, wanted);
  }

  /** The plan if it is at hand. */
  peek(workflow: string, version: number): PublishedPlan | undefined {
    return this.#ready.get(`${workflow}@${version}`);
  }

  published(workflow: string): void {
    this.#latest.delete(workflow);
  }

  /** Null when none is published, or the workflow is archived. */
  latestVersion(workflow: string): Promise<number | null> {
    const known = this.#latest.get(workflow);
    if (known !== undefined && known.until > performance.now()) return known.version;
    const version = this.#store.latestVersion(workflow);
    this.#latest.set(workflow, { version, until: performance.now() + latestTtlMs });
    version.catch(() => this.#latest.delete(workflow));
    return version;
  }

  #compiled(workflow: string, version: number): Promise<PublishedPlan | null> {
    const key = `${workflow}@${version}`;
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = this.#compile(workflow, version).then((compiled) => {
      if (compiled === null) this.#plans.delete(key);
      else this.#ready.set(key, compiled);
      return compiled;
    });
    plan.catch(() => this.#plans.delete(key));
    this.#plans.set(key, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= this.#limit) break;
      this.#plans.delete(oldest);
      this.#ready.delete(oldest);
    }
    return plan;
  }

  async #compile(workflow: string, version: number): Promise<PublishedPlan | null> {
    const document = await this.#store.versionDocument(workflow, version);
    if (document === null) return null;
    const compiled = compile(document, {
      analyser: this.#analyser,
      ...(this.#catalogue === undefined ? {} : { catalogue: this.#catalogue }),
    });
    if (!compiled.ok)
      throw new Error(
        `Published version ${version} of ${workflow} does not compile: ${compiled.problems.map((problem) => problem.title).join('; ')}`,
      );
    return { workflow, version, plan: compiled.plan };
  }
}
