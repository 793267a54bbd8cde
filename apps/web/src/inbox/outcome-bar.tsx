import { IconCheck } from '@tabler/icons-react';
import type { TaskDetail } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { formatMomentShort } from '../components/moment.ts';
import { quorumWords } from './outcome-words.ts';

type Outcome = TaskDetail['outcomes'][number];

/** The outcomes as buttons, the primary one last: it stands where the eye and the hand end. Under a quorum, how far it has come. */
export function OutcomeBar({
  task,
  keys,
  refusal,
  sending,
  onChoose,
}: {
  task: TaskDetail;
  keys: ReadonlyMap<string, string>;
  refusal: string | null;
  /** The outcome that is on its way to the server. */
  sending: string | null;
  onChoose: (outcome: Outcome) => void;
}) {
  return (
    <footer className="outc" aria-label="Outcomes" role="group">
      <div className="grow standing">
        {task.rule.needed > 1 || task.rule.requiredGroups.length > 0 ? <Quorum task={task} /> : null}
        {refusal === null ? null : <div className="s12 t3">{refusal}</div>}
      </div>
      {ordered(task.outcomes).map((outcome) => (
        <Button
          key={outcome.port}
          size="lg"
          look={outcome.tone === 'primary' ? 'primary' : outcome.tone === 'danger' ? 'danger' : 'plain'}
          icon={outcome.tone === 'primary' ? <IconCheck className="ic" stroke={1.8} /> : undefined}
          {...(keys.has(outcome.port) ? { keys: [keys.get(outcome.port) ?? ''] } : {})}
          refusal={refusal}
          busy={sending === outcome.port}
          onClick={() => onChoose(outcome)}
        >
          {outcome.tone === 'danger' ? `${outcome.label}…` : outcome.label}
        </Button>
      ))}
    </footer>
  );
}

function Quorum({ task: { rule, votes, outcomes } }: { task: TaskDetail }) {
  const me = useMe().data?.user.id;
  const outcome = outcomes.find(({ port }) => port === rule.outcome);
  const given = votes.filter((vote) => vote.outcome === rule.outcome);
  const missing = rule.requiredGroups.filter(({ met }) => !met).map(({ name }) => name);
  const who = votes.map((vote) => {
    const name = vote.by.id === me ? 'You' : vote.by.name;
    const what = vote.outcome === rule.outcome ? '' : ` (${outcomes.find(({ port }) => port === vote.outcome)?.label ?? vote.outcome})`;
    return `${name}${what}, ${formatMomentShort(vote.at)}`;
  });
  return (
    <>
      <div className="row g6">
        {rule.needed <= 12 ? (
          <span className="quorum" aria-hidden="true">
            {Array.from({ length: rule.needed }, (_, at) => (
              <i key={at} className={at < given.length ? 'on' : ''} />
            ))}
          </span>
        ) : null}
        <span className="b5 nowrap">{quorumWords(given.length, rule.needed, outcome)}</span>
      </div>
      {who.length > 0 || missing.length > 0 ? (
        <div className="s12 t3">
          {[...who, ...(missing.length > 0 ? [`Needs one of ${missing.join(' and one of ')}`] : [])].join(' · ')}
        </div>
      ) : null}
    </>
  );
}

function ordered(outcomes: Outcome[]): Outcome[] {
  const rank = { neutral: 0, danger: 1, primary: 2 };
  return outcomes.toSorted((a, b) => rank[a.tone] - rank[b.tone]);
}
