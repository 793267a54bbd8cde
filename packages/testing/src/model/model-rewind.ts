/** Going back to where a failure began. [O2, O3] */
import { framesIn, openSteps, putInOrder, type Place, type Step, type Token } from './model-place.ts';

export interface Origin {
  /** As it was before the failure; nothing when nothing could go differently. [O4] */
  place: Place;
  /** The step that failed is open in it. */
  failed: string | null;
  /** Or a node failed that its token only passes: it comes again, as another visit. */
  passing: Token | null;
}

/** A copy: what happens to the place from here on does not happen to it. */
export function originOf(place: Place, { failed = null, passing = null }: Partial<Omit<Origin, 'place'>>): Origin {
  return structuredClone({ place, failed, passing });
}

export interface Rewound {
  place: Place;
  /** On their way. */
  tokens: Token[];
  /** Steps that had failed, by themselves or by what came while they were suspended. */
  again: ReadonlySet<Step>;
  /** Steps whose retry somebody did not want to wait for. */
  due: ReadonlySet<Step>;
}

/** Uses the origin up. `tokensOf`: what leaves a step by a port. */
export function goBack({ place: before, failed }: Origin, at: number, tokensOf: (step: Step, port: string) => Token[]): Rewound {
  const tokens = before.work.filter((work) => work.type === 'token');
  const again = new Set<Step>(openSteps(before.root).filter(({ key }) => key === failed));
  const due = new Set<Step>();
  for (const work of before.deferred) {
    const { step } = work;
    if (step.frame.gone) continue;
    if (work.type === 'retry') due.add(step);
    else if (work.type === 'leave' && !work.mayFail) tokens.push(...tokensOf(step, work.port));
    else if (work.type !== 'scopeTimeout') {
      step.frame.open.set(step.key, step);
      again.add(step);
    }
  }
  const place: Place = { ...before, work: [], deferred: [] };
  putInOrder(place);
  place.touched = new Set(framesIn(place.root));
  for (const step of again) step.since = { attempt: step.node.type === 'http' ? step.attempt : step.attempt - 1, at };
  return { place, tokens, again, due };
}
