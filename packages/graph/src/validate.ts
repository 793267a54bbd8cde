import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import { bodyPort } from './catalogue/node-type.ts';
import { checkJsonSchema } from './check-json-schema.ts';
import { checkCriticalSections } from './critical-sections.ts';
import { type CompiledNode, compileNode } from './compile-node.ts';
import type { GraphNode, WorkflowDocument } from './document.ts';
import { checkReads, containersAround } from './expression-reads.ts';
import { type FrameGraph, JoinRegions, frameGraph, reach } from './frame-graph.ts';
import { type GraphIndex, indexGraph, nameOf } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { ExpressionAnalyser } from './plan.ts';
import { pinRefusal } from './pins.ts';
import type { Problem } from './problem.ts';
import { nodesOfScenario } from './scenario.ts';
import { checkSoundness } from './soundness.ts';
import { checkStructure } from './structure.ts';

/**
 * Everything that can be told about a document before it runs, errors first. The designer's problems panel shows it and the server publishes only without errors,
 * so both ask here. Soundness is left out while the structure has errors: there is no control flow to explore yet.
 */
export function validate(document: WorkflowDocument, analyser: ExpressionAnalyser, catalogue: Catalogue = standardCatalogue): Problem[] {
  const index = indexGraph(document, catalogue);
  const structure = checkStructure(index);
  const frames = new Map<NodeId | null, FrameGraph>();
  const frameOf = (container: NodeId | null): FrameGraph => {
    let frame = frames.get(container);
    if (!frame) frames.set(container, (frame = frameGraph(index, container)));
    return frame;
  };
  const compiled = new Map<NodeId, CompiledNode>();
  for (const node of document.nodes) {
    const type = index.types.get(node.id);
    // Regions matter to the plan only.
    if (type)
      compiled.set(
        node.id,
        compileNode(index, node, type, analyser, () => new JoinRegions(index, frameOf(node.parent))),
      );
  }
  const problems = [...structure, ...[...compiled.values()].flatMap((node) => node.problems)];
  for (const node of document.nodes)
    problems.push(...schemaProblems(index, node), ...nodeProblems(index, node), ...pinProblems(index, node));
  problems.push(...scenarioProblems(index));
  if (structure.every(({ severity }) => severity !== 'error')) {
    problems.push(
      ...reachProblems(index, frameOf),
      ...checkReads(index, compiled, frameOf),
      ...checkCriticalSections(index, frameOf),
      ...checkSoundness(index),
    );
  }
  return problems.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const rank = { error: 0, warning: 1, notice: 2 };

/** The JSON Schemas a person wrote: of the start's input, of a task's form. */
function schemaProblems(index: GraphIndex, node: GraphNode): Problem[] {
  return (index.types.get(node.id)?.fields ?? []).flatMap(({ name, widget, label }) => {
    const schema = node.config[name];
    if (widget !== 'jsonSchema' || schema === undefined) return [];
    return checkJsonSchema(schema).map(({ path, message }): Problem => ({
      code: 'schema.invalid',
      severity: 'error',
      title: `${label} does not work`,
      detail: `${nameOf(index, node.id)}: ${message}`,
      node: node.id,
      field: path === '' ? name : `${name}.${path}`,
    }));
  });
}

/** Warnings: what is published runs without pins. */
function pinProblems(index: GraphIndex, node: GraphNode): Problem[] {
  const refusal = node.pinned && index.types.has(node.id) ? pinRefusal(node, node.pinned, index.catalogue) : null;
  if (refusal === null) return [];
  return [
    {
      code: 'pin.unusable',
      severity: 'warning',
      title: 'Pinned data is not used',
      detail: `${nameOf(index, node.id)}: ${refusal} Test runs execute the step.`,
      node: node.id,
      field: 'pinned',
    },
  ];
}

/** Warnings here; the scenario itself fails when it is run. */
function scenarioProblems(index: GraphIndex): Problem[] {
  return (index.document.scenarios ?? []).flatMap((scenario, i) => {
    const missing = [...new Set(nodesOfScenario(scenario))].filter((id) => !index.nodes.has(id));
    if (missing.length === 0) return [];
    return [
      {
        code: 'scenario.missing-node',
        severity: 'warning' as const,
        title: 'Scenario names a step that is gone',
        detail: `“${scenario.title}” names ${missing.join(', ')}. Take it out of the scenario, or bring the step back.`,
        field: `scenarios.${i}`,
      },
    ];
  });
}

function nodeProblems(index: GraphIndex, node: GraphNode): Problem[] {
  const type = index.types.get(node.id);
  if (!type) return [];
  const problems: Problem[] = [];
  const name = nameOf(index, node.id);
  if (node.type === 'setVariables') {
    const parallel = containersAround(index, node.id).find((container) => isParallel(index.nodes.get(container)));
    if (parallel) {
      problems.push({
        code: 'variables.parallel',
        severity: 'error',
        title: 'Variables set in parallel',
        detail: `${name} is inside ${nameOf(index, parallel)}, whose items run at the same time: which one writes last would be up to chance. Give the value by an End and read it from steps.${parallel}.output.`,
        node: node.id,
      });
    }
  }
  if (type.container && !index.outgoing.get(node.id)?.has(bodyPort.id)) {
    const hasContent = (index.children.get(node.id)?.length ?? 0) > 0;
    problems.push({
      code: 'container.empty',
      severity: 'error',
      title: hasContent ? 'Body not connected' : 'Empty container',
      detail: hasContent
        ? `${name} does not know where to begin. Connect its body to the first step inside it.`
        : `${name} has nothing to do. Put a step into it.`,
      node: node.id,
    });
  }
  problems.push(...portProblems(index, node));
  return problems;
}

function isParallel(node: GraphNode | undefined): boolean {
  return node?.type === 'forEach' && node.config.mode !== 'sequential' && node.config.concurrency !== 1;
}

function isCatching(index: GraphIndex, container: NodeId): boolean {
  return (
    index.nodes.get(container)?.type === 'scope' &&
    (index.ports.get(container) ?? []).some(({ id, kind }) => kind === 'exceptional' && index.outgoing.get(container)?.has(id))
  );
}

/** Only ports whose silence surprises: a missed deadline that fails the instance, an outcome a person may choose that does nothing. */
function portProblems(index: GraphIndex, node: GraphNode): Problem[] {
  if (node.disabled) return [];
  const edges = index.outgoing.get(node.id);
  const ports = index.ports.get(node.id) ?? [];
  const isGuarded = containersAround(index, node.id).some((container) => isCatching(index, container));
  return ports.flatMap((port): Problem[] => {
    if (edges?.has(port.id)) return [];
    const detail =
      port.id === 'overdue' && !isGuarded
        ? `${port.label} leads nowhere: an overdue task would fail the instance.`
        : port.id === 'timeout' && port.kind === 'exceptional' && !isGuarded
          ? `${port.label} leads nowhere: running out of time would fail the instance.`
          : node.type === 'scope' && port.kind === 'exceptional'
            ? `${port.label} leads nowhere, so it catches nothing.`
            : node.type === 'humanTask' && port.kind === 'normal' && ports.some(({ id, kind }) => kind === 'normal' && edges?.has(id))
              ? `${port.label} leads nowhere: this path would end there.`
              : undefined;
    return detail === undefined
      ? []
      : [{ code: 'port.not-connected', severity: 'warning', title: 'Port not connected', detail, node: node.id, port: port.id }];
  });
}

/** Nodes no edge leads to. Of a stretch that hangs in the air only the first is named; the rest follows once it is connected. */
function reachProblems(index: GraphIndex, frameOf: (container: NodeId | null) => FrameGraph): Problem[] {
  const problems: Problem[] = [];
  for (const container of index.children.keys()) {
    const frame = frameOf(container);
    const reached = reach(frame.successors, 0);
    const named = new Uint8Array(frame.ids.length);
    const report = (number: number): void => {
      const id = frame.ids[number]!;
      const isLoose = frame.predecessors[number]!.length === 0;
      const isDisabled = index.nodes.get(id)?.disabled ?? false;
      problems.push({
        code: 'node.unreachable',
        severity: isDisabled ? 'warning' : 'error',
        title: 'Step not connected',
        detail: isLoose
          ? `Nothing leads to ${nameOf(index, id)}. Connect it, or delete it.`
          : `No way leads from the start to ${nameOf(index, id)}. Connect it, or delete it.`,
        node: id,
      });
      reach(frame.successors, number).forEach((is, i) => (named[i] ||= is));
      named[number] = 1;
    };
    // An unconnected body is told by the container itself.
    if (container !== null && frame.entryEdges.length === 0) continue;
    for (let number = 1; number < frame.ids.length; number++)
      if (!reached[number] && frame.predecessors[number]!.length === 0) report(number);
    // What is left hangs in cycles of its own.
    for (let number = 1; number < frame.ids.length; number++) if (!reached[number] && !named[number]) report(number);
  }
  return problems;
}
