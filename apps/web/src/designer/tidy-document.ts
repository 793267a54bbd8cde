import { toastError } from '../components/toast.tsx';
import type { DesignerSession } from './designer-session.ts';
import { fitContainers } from './document-edits.ts';
import { tidy } from './tidy.ts';

/** Lays the workflow out anew, as one step to undo. */
export async function tidyDocument({ model, stage, state }: DesignerSession): Promise<void> {
  state.setState({ tidying: true });
  try {
    const places = await tidy(model.document);
    model.change('Tidy', (before) => ({
      ...fitContainers({
        ...before,
        nodes: before.nodes.map((node) => {
          const place = places.get(node.id);
          return place ? { ...node, position: place.position, ...(place.size && { size: place.size }) } : node;
        }),
      }),
    }));
    requestAnimationFrame(() => stage.show(model.document, { fromTop: true }));
  } catch (error) {
    toastError(error);
  } finally {
    state.setState({ tidying: false });
  }
}
