import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Guide, GuideStep } from '@perdure/server/contract';
import { formatMomentShort } from '../components/moment.ts';

/** Some steps of the guide, numbered on from `from`. What is done says when, what comes next says how. */
export function GuideCard({
  title,
  aside,
  from,
  steps,
  done,
  next,
  words,
}: {
  title: string;
  /** At the right of the title. */
  aside: ReactNode;
  from: number;
  steps: readonly GuideStep[];
  done: Guide['done'];
  next: GuideStep | null;
  words: Readonly<Record<GuideStep, StepWords>>;
}) {
  return (
    <section className="card guide-card" aria-label={title}>
      <div className="gh">
        <h3 className="grow">{title}</h3>
        {aside}
      </div>
      <ol>
        {steps.map((step, index) => {
          const happened = done[step];
          const { title: name, hint, how, shows } = words[step];
          if (happened)
            return (
              <li key={step} className="stp">
                <span className="ck done">
                  <IconCheck className="ic" size={12} stroke={3} aria-label="Done" />
                </span>
                <div className="grow row">
                  <span className="b5 grow">{name}</span>
                  <time className="s12 t3 num" dateTime={happened.at}>
                    {formatMomentShort(happened.at)}
                  </time>
                </div>
              </li>
            );
          const isNext = step === next;
          return (
            <li key={step} className={isNext ? 'stp cur' : 'stp'} {...(isNext ? { 'aria-current': 'step' as const } : {})}>
              <span className="ck num">{from + index}</span>
              <div className="grow">
                <div className={isNext ? 'b6' : 'b5'}>{name}</div>
                {isNext ? how : hint === undefined ? null : <div className="s12 t3">{hint}</div>}
                {shows}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

export interface StepWords {
  title: string;
  /** Before it is its turn. */
  hint?: string;
  /** When it is. */
  how: ReactNode;
  /** Below either, until it has happened. */
  shows?: ReactNode;
}
