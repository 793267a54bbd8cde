import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { standardCatalogue, summaryOf, type GraphNode, type Problem, type WorkflowDocument } from '@perdure/graph';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { StatusIcon } from '../status/status-icon.tsx';

const order = { error: 0, warning: 1, notice: 2 };

/** The drawer below the canvas: what validation found, errors first, each with the way to it. */
export function ProblemsPanel({
  problems,
  document,
  open,
  onToggle,
  onShow,
}: {
  problems: readonly Problem[];
  document: WorkflowDocument;
  open: boolean;
  onToggle(): void;
  onShow(problem: Problem): void;
}) {
  const sorted = problems.toSorted((a, b) => order[a.severity] - order[b.severity]);
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  return (
    <section className={`ds-drawer ${open && sorted.length > 0 ? 'open' : ''}`} aria-label="Problems">
      <div className="ds-drawer-head">
        <button type="button" className="ds-drawer-title" aria-expanded={open} onClick={onToggle}>
          Problems <span className="nb">{problems.length}</span>
        </button>
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
          onClick={onToggle}
        />
      </div>
      {open ? (
        <ul className="ds-problems">
          {sorted.map((problem, i) => {
            const node = problem.node === undefined ? undefined : nodes.get(problem.node);
            return (
              <li key={`${problem.code}-${problem.node ?? ''}-${problem.field ?? ''}-${i}`}>
                <StatusIcon
                  shape={problem.severity === 'error' ? 'error' : problem.severity === 'warning' ? 'warning' : 'pending'}
                  size={15}
                  label={{ error: 'Error', warning: 'Warning', notice: 'Notice' }[problem.severity]}
                />
                <span className="b6 ds-nowrap">{problem.title}</span>
                <span className="t2 grow ell" title={problem.detail}>
                  {problem.detail}
                </span>
                {node ? (
                  <span className="tag line">
                    <NodeIcon name={standardCatalogue.get(node.type)?.icon} size={12} />
                    <span className="ell ds-tag-text">{shownName(node, document)}</span>
                  </span>
                ) : null}
                {node || problem.edge ? (
                  <Button size="sm" onClick={() => onShow(problem)} aria-label={`Show: ${problem.title}`}>
                    Show
                  </Button>
                ) : null}
              </li>
            );
          })}
        </ul>
      ) : null}
    </section>
  );
}

/** As the canvas shows it: a join by its rule. */
function shownName(node: GraphNode, document: WorkflowDocument): string {
  if (!standardCatalogue.get(node.type)?.synchronises) return node.title;
  return summaryOf(node, document.edges.filter(({ target }) => target === node.id).length);
}
