import { IconChevronDown, IconChevronRight, IconChevronUp, IconStack2 } from '@tabler/icons-react';
import { explainProblem, fixFor, indexGraph, nameOf, standardCatalogue, type GraphIndex, type NodeId, type Problem } from '@perdure/graph';
import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { toast } from '../components/toast.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { noProblem } from './designer-screen.ts';
import { fixAll, fixProblem } from './fix-problem.ts';
import { showProblem } from './show-problem.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';
import './problems-panel.css';

type Severity = Problem['severity'];

const severities = ['error', 'warning', 'notice'] as const;
const order: Record<Severity, number> = { error: 0, warning: 1, notice: 2 };
const words: Record<Severity, [one: string, many: string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  notice: ['notice', 'notices'],
};
/** A broken import may have thousands; the first ones are what can be worked on. */
const mostRows = 200;

/** The drawer below the canvas: what checking found, each with what it means, the way to it, and a fix where one is obvious. */
export function ProblemsPanel() {
  const { screen } = useDesigner();
  const problems = useDesignerValue((designer) => designer.problems);
  // What the problems were found in: it changes when they do, not with each key that is pressed.
  const document = useDesignerValue(({ model, state }) => state.getState().checked ?? model.document);
  const open = useDesignerValue((designer) => designer.screen.getState().drawerOpen);
  const shown = useDesignerValue((designer) => designer.screen.getState().problem.shown);
  const [hidden, setHidden] = useState<ReadonlySet<Severity>>(new Set());
  const [byNode, setByNode] = useState(false);
  const index = useMemo(() => indexGraph(document), [document]);
  const groups = useMemo(() => grouped(problems, hidden, byNode, index), [problems, hidden, byNode, index]);
  const hiddenCount = problems.length - groups.reduce((sum, group) => sum + group.problems.length, 0);

  // What is drawn goes when it is no problem any more, or when something else is selected.
  const isSelected = useDesignerValue(
    ({ model: { selection } }) =>
      shown === null ||
      (shown.node !== undefined && selection.nodes.has(shown.node)) ||
      (shown.edge !== undefined && selection.edges.has(shown.edge)),
  );
  useEffect(() => {
    if (shown && (!isSelected || !problems.some((problem) => isSame(problem, shown)))) screen.setState({ problem: noProblem });
  }, [isSelected, problems, screen, shown]);

  const toggle = (): void => {
    screen.setState({ drawerOpen: !open, problem: noProblem });
  };
  return (
    <section className={`ds-drawer ${open && problems.length > 0 ? 'open' : ''}`} aria-label="Problems">
      <div className="ds-drawer-head">
        <button type="button" className="ds-drawer-title" aria-expanded={open} onClick={toggle}>
          Problems <span className="nb">{problems.length}</span>
        </button>
        {open && problems.length > 0 ? (
          <div className="pp-filters" role="group" aria-label="Shown">
            {severities.map((severity) => {
              const count = problems.filter((problem) => problem.severity === severity).length;
              if (count === 0) return null;
              return (
                <Button
                  key={severity}
                  size="sm"
                  look="ghost"
                  pressed={!hidden.has(severity)}
                  icon={<SeverityIcon severity={severity} />}
                  onClick={() => setHidden(toggled(hidden, severity))}
                >
                  {`${count} ${words[severity][count === 1 ? 0 : 1]}`}
                </Button>
              );
            })}
            <Button
              size="sm"
              look="ghost"
              pressed={byNode}
              icon={<IconStack2 className="ic" size={14} aria-hidden="true" />}
              onClick={() => setByNode(!byNode)}
            >
              By node
            </Button>
          </div>
        ) : null}
        <span className="grow" />
        <span className="row g12 s12 t3 ds-hints">
          <span className="row g6">
            <Kbd>Tab</Kbd>Add
          </span>
          <span className="row g6">
            <Kbd>/</Kbd>Find
          </span>
        </span>
        <Button
          look="ghost"
          size="sm"
          icon={open ? <IconChevronDown className="ic" aria-hidden="true" /> : <IconChevronUp className="ic" aria-hidden="true" />}
          aria-label={open ? 'Hide problems' : 'Show problems'}
          onClick={toggle}
        />
      </div>
      {open && problems.length > 0 ? (
        <div className="pp-list" onKeyDown={moveFocus} onMouseLeave={() => hover(null)}>
          {groups.map((group) => (
            <div key={group.key}>
              {group.title === null ? null : (
                <h3 className="pp-group">
                  {group.node ? <NodeIcon name={standardCatalogue.get(index.nodes.get(group.node)?.type ?? '')?.icon} size={12} /> : null}
                  {group.title}
                  <span className="nb">{group.problems.length}</span>
                </h3>
              )}
              <ul className="ds-problems">
                {group.problems.slice(0, mostRows).map((problem) => (
                  <ProblemRow
                    key={keyOf(problem)}
                    problem={problem}
                    index={index}
                    isShown={shown !== null && isSame(problem, shown)}
                    sameKind={problems.filter(({ code }) => code === problem.code).length}
                    showsNode={!byNode}
                    onHover={hover}
                  />
                ))}
              </ul>
              {group.problems.length > mostRows ? (
                <p className="pp-more">{`${group.problems.length - mostRows} more of these are not listed. They follow as the first ones go.`}</p>
              ) : null}
            </div>
          ))}
          {hiddenCount > 0 ? (
            <p className="pp-more">
              {hiddenCount === 1 ? 'One is hidden by the filter. ' : `${hiddenCount} are hidden by the filter. `}
              <button type="button" className="plain lnk" onClick={() => setHidden(new Set())}>
                Show all
              </button>
            </p>
          ) : null}
        </div>
      ) : null}
    </section>
  );

  function hover(problem: Problem | null): void {
    const { problem: now } = screen.getState();
    if (now.hovered !== problem) screen.setState({ problem: { ...now, hovered: problem } });
  }
}

function ProblemRow({
  problem,
  index,
  isShown,
  sameKind,
  showsNode,
  onHover,
}: {
  problem: Problem;
  index: GraphIndex;
  isShown: boolean;
  /** How many problems have this code. */
  sameKind: number;
  showsNode: boolean;
  onHover(problem: Problem | null): void;
}) {
  const designer = useDesigner();
  const [explained, setExplained] = useState(false);
  const fix = useMemo(() => (designer.may.edit ? fixFor(problem, index) : null), [designer, problem, index]);
  const explanation = explainProblem(problem.code);
  const node = problem.node === undefined ? undefined : index.nodes.get(problem.node);
  const hasPlace = node !== undefined || problem.edge !== undefined;
  const Chevron = explained ? IconChevronDown : IconChevronRight;
  return (
    <li
      className={`pp-row ${isShown ? 'shown' : ''}`}
      onMouseEnter={() => onHover(problem)}
      onFocus={() => onHover(problem)}
      onBlur={() => onHover(null)}
    >
      <div className="pp-line">
        {explanation ? (
          <button
            type="button"
            className="plain pp-chevron"
            aria-expanded={explained}
            aria-label={`Explain: ${problem.title}`}
            onClick={() => setExplained(!explained)}
          >
            <Chevron className="ic" size={13} aria-hidden="true" />
          </button>
        ) : (
          <span className="pp-chevron" />
        )}
        <SeverityIcon severity={problem.severity} label />
        <span className="b6 ds-nowrap">{problem.title}</span>
        <span className="t2 grow ell" title={problem.detail}>
          {problem.detail}
        </span>
        {node && showsNode ? (
          <span className="tag line">
            <NodeIcon name={standardCatalogue.get(node.type)?.icon} size={12} />
            <span className="ell ds-tag-text">{nameOf(index, node.id)}</span>
          </span>
        ) : null}
        {fix ? (
          <Button size="sm" onClick={() => fixProblem(designer, problem, fix)}>
            {fix.label}
          </Button>
        ) : null}
        {hasPlace ? (
          <Button size="sm" className="pp-show" onClick={() => showProblem(designer, problem)} aria-label={`Show: ${problem.title}`}>
            Show
          </Button>
        ) : null}
      </div>
      {explained && explanation ? (
        <div className="pp-explained" ref={(element) => element?.scrollIntoView({ block: 'nearest' })}>
          <p className="pp-detail">{problem.detail}</p>
          <dl>
            <dt>What it means</dt>
            <dd>{explanation.means}</dd>
            <dt>Why it matters</dt>
            <dd>{explanation.matters}</dd>
            <dt>What to do</dt>
            <dd>{explanation.todo}</dd>
          </dl>
          {fix?.isSafe && sameKind > 1 ? (
            <Button
              size="sm"
              onClick={() => {
                const fixed = fixAll(designer, problem.code);
                if (fixed > 0) toast({ title: `${fixed} fixed at once`, action: { label: 'Undo', run: () => designer.model.undo() } });
              }}
            >
              {`Fix all ${sameKind} of this kind`}
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

function SeverityIcon({ severity, label = false }: { severity: Severity; label?: boolean }) {
  const shape = severity === 'notice' ? 'pending' : severity;
  return (
    <StatusIcon shape={shape} size={15} {...(label && { label: words[severity][0][0]!.toUpperCase() + words[severity][0].slice(1) })} />
  );
}

interface Group {
  key: string;
  title: string | null;
  node: NodeId | null;
  problems: Problem[];
}

function grouped(problems: readonly Problem[], hidden: ReadonlySet<Severity>, byNode: boolean, index: GraphIndex): Group[] {
  const shown = problems.filter(({ severity }) => !hidden.has(severity)).toSorted((a, b) => order[a.severity] - order[b.severity]);
  if (!byNode) return shown.length === 0 ? [] : [{ key: 'all', title: null, node: null, problems: shown }];
  const groups = Map.groupBy(shown, ({ node }) => (node !== undefined && index.nodes.has(node) ? node : null));
  // In the order of each node's worst problem; what belongs to no node comes last.
  return [...groups]
    .map(([node, list]): Group => ({ key: node ?? '', title: node === null ? 'The workflow' : nameOf(index, node), node, problems: list }))
    .toSorted((a, b) => Number(a.node === null) - Number(b.node === null));
}

function keyOf({ code, node, edge, port, field, detail }: Problem): string {
  return [code, node, edge, port, field, detail].join(' ');
}

function isSame(a: Problem, b: Problem): boolean {
  return keyOf(a) === keyOf(b);
}

function toggled(set: ReadonlySet<Severity>, value: Severity): ReadonlySet<Severity> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

/** Arrows move between rows, to the button that does the same in the next one. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const row = (event.target as HTMLElement).closest('.pp-row'); // the target of a React event is an element
  if (step === 0 || !row) return;
  event.preventDefault();
  event.stopPropagation();
  const rows = [...event.currentTarget.querySelectorAll('.pp-row')];
  const next = rows[rows.indexOf(row) + step];
  const wanted = (event.target as HTMLElement).classList.contains('pp-chevron') ? '.pp-chevron' : '.pp-show';
  const button = next?.querySelector<HTMLElement>(wanted) ?? next?.querySelector('button');
  button?.focus();
}
