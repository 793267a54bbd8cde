import { standardCatalogue, type NodeId, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { DesignerModel } from './designer-model.ts';
import { drawDocument } from './draw-document.ts';

const blank = drawDocument({ start: 'start', end: 'end' }, ['start -> end']);

function ways({ edges }: WorkflowDocument): string[] {
  return edges.map(({ source, target }) => `${source} -> ${target}`).toSorted();
}

function added(document: WorkflowDocument, ...types: string[]): DesignerModel {
  const model = new DesignerModel(document, true, () => {});
  for (const type of types) model.add(standardCatalogue.get(type)!);
  return model;
}

test('in a blank workflow, steps that are added one after the other stand in a row between the start and the end', () => {
  const { document } = added(blank, 'http', 'timer');
  expect(ways(document)).toEqual(['http_request -> timer', 'start -> http_request', 'timer -> end']);
});

test('with nothing selected a step goes before the only end, or follows the only way that leads nowhere', () => {
  const row = drawDocument({ start: 'start', call: 'http', end: 'end' }, ['start -> call', 'call -> end']);
  expect(ways(added(row, 'timer').document)).toEqual(['call -> timer', 'start -> call', 'timer -> end']);
  const open = drawDocument({ start: 'start', call: 'http' }, ['start -> call']);
  expect(ways(added(open, 'end').document)).toEqual(['call -> end', 'start -> call']);
});

test('where several ways end, nobody can tell which was meant: the step stands alone', () => {
  const two = drawDocument({ start: 'start', a: 'end', b: 'end' }, ['start -> a', 'start -> b']);
  expect(ways(added(two, 'timer').document)).toEqual(['start -> a', 'start -> b']);
});

test('a step goes into the edge that is selected', () => {
  const two = drawDocument({ start: 'start', a: 'end', b: 'end' }, ['start -> a', 'start -> b']);
  const model = new DesignerModel(two, true, () => {});
  model.select({ nodes: new Set<NodeId>(), edges: new Set([two.edges[1]!.id]) });
  model.add(standardCatalogue.get('timer')!);
  expect(ways(model.document)).toEqual(['start -> a', 'start -> timer', 'timer -> b']);
});
