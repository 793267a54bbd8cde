import { maxPinLength, pinnablePorts, type GraphNode, type Json, type Pin, type PortId } from '@perdure/graph';
import { queryClient, trpc } from '../../api/trpc.ts';
import { toast, toastError } from '../../components/toast.tsx';
import type { DesignerSession } from '../designer-session.ts';
import { pinNode } from '../document-edits.ts';

/** Pins what the selected step gave in the last run; a pinned step is unpinned. */
export async function togglePin(designer: DesignerSession): Promise<void> {
  const node = designer.model.selectedNode;
  if (!node) return;
  if (node.pinned) {
    designer.model.change(`Unpin ${node.title}`, (document) => pinNode(document, node.id, null));
    return;
  }
  try {
    const run = await queryClient.fetchQuery(trpc.workflows.lastRun.queryOptions({ key: designer.key }));
    const output = run?.steps[node.id]?.output;
    const pin = output === undefined ? null : pinOf(node, output);
    if (pin === null) {
      const detail = run
        ? 'The last run did not come by this step, or it gave more than 64 KB. Write the data in the tab Test.'
        : 'Nothing has run yet. Run the draft first, or write the data in the tab Test.';
      toast({ shape: 'warning', title: 'Nothing to pin', detail });
      return;
    }
    designer.model.change(`Pin ${node.title}`, (document) => pinNode(document, node.id, pin));
  } catch (error) {
    toastError(error);
  }
}

/** The output as a pin; null when it cannot be pinned as a whole. */
export function pinOf(node: GraphNode, output: Json): Pin | null {
  if (isPreview(output) || JSON.stringify(output).length > maxPinLength) return null;
  const port = decidedPort(node, output);
  return port === undefined ? { output } : { output, port };
}

/** A task's output tells by which port it was left. */
function decidedPort(node: GraphNode, output: Json): PortId | undefined {
  if (node.type !== 'humanTask' || typeof output !== 'object' || output === null || Array.isArray(output)) return undefined;
  return pinnablePorts(node).find(({ id }) => id === output.outcome)?.id;
}

function isPreview(value: Json): boolean {
  return typeof value === 'object' && value !== null && '$preview' in value;
}
