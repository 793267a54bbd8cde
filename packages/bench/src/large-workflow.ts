import { edgeId, nodeId, portId, type GraphNode, type JsonObject, type NodeId, type WorkflowDocument } from '@perdure/graph';

/**
 * A valid workflow with this many nodes, shaped like what people draw: parallel columns, each a sequence of sections that branch and meet again.
 * A run of it waits for an hour at its first node.
 */
export function largeWorkflow(count: number): WorkflowDocument {
  const nodes: GraphNode[] = [];
  const edges: WorkflowDocument['edges'] = [];
  const add = (id: string, type: string, x: number, y: number, config: JsonObject = {}): NodeId => {
    nodes.push({ id: nodeId(id), type, title: titleOf(id), parent: null, position: { x, y }, config });
    return nodeId(id);
  };
  const connect = (source: NodeId, port: string, target: NodeId): void => {
    edges.push({ id: edgeId(`e${edges.length + 1}`), source, sourcePort: portId(port), target });
  };

  // Start, gate, join and end; five nodes a section. As high as it is wide.
  const sections = Math.floor((count - 4) / 5);
  const columns = Math.max(1, Math.round(Math.sqrt((sections * sectionHeight) / columnWidth)));
  const middle = ((columns - 1) * columnWidth) / 2;
  const start = add('start', 'start', middle, 0);
  const gate = add('gate', 'timer', middle, 96, { mode: 'for', value: '1h' });
  connect(start, 'out', gate);
  const ends: { node: NodeId; port: string }[] = [];
  let lowest = 0;
  for (let column = 0; column < columns; column += 1) {
    const x = column * columnWidth;
    let before: { node: NodeId; port: string }[] = [{ node: gate, port: 'out' }];
    for (let section = column, row = 0; section < sections; section += columns, row += 1) {
      const y = 240 + row * sectionHeight;
      const prepare = add(`prepare_${section}`, 'transform', x, y, { value: { expr: 'input' } });
      const check = add(`check_${section}`, 'condition', x, y + 96, {
        cases: [{ key: 'large', label: 'Large', when: 'input.amount > 1000' }],
        otherwiseLabel: 'Small',
      });
      const ask = add(`request_${section}`, 'http', x - 128, y + 216, { method: 'GET', url: 'https://example.test/orders' });
      const book = add(`book_${section}`, 'http', x + 128, y + 216, { method: 'POST', url: 'https://example.test/bookings' });
      const note = add(`note_${section}`, 'setVariables', x - 128, y + 300, { variables: { seen: { expr: 'input' } } });
      for (const { node, port } of before) connect(node, port, prepare);
      connect(prepare, 'out', check);
      connect(check, 'large', ask);
      connect(check, 'otherwise', book);
      connect(ask, 'out', note);
      before = [
        { node: note, port: 'out' },
        { node: book, port: 'out' },
      ];
      lowest = Math.max(lowest, y + sectionHeight);
    }
    // What meets again goes on through one node, so that the join gets one token a column.
    ends.push(...before);
  }
  const end = add('end', 'end', middle, lowest + 96);
  for (const { node, port } of ends) connect(node, port, end);
  while (nodes.length < count) {
    const last = nodes.length;
    const extra = add(`extra_${last}`, 'setVariables', middle + 400, lowest + 200 + (last % 5) * 80, { variables: { seen: true } });
    connect(gate, 'out', extra);
  }
  return { formatVersion: 1, nodes, edges };
}

const columnWidth = 560;
const sectionHeight = 400;

function titleOf(id: string): string {
  const text = id.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
