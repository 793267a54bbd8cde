import type { Sides } from './align-guides.ts';
import { useCanvas } from './canvas-context.ts';

const handles: readonly { name: string; sides: Sides }[] = ['n', 'e', 's', 'w', 'ne', 'se', 'sw', 'nw'].map((name) => ({
  name,
  sides: { left: name.includes('w'), top: name.includes('n'), right: name.includes('e'), bottom: name.includes('s') },
}));

/** The sides and corners of a selected container or note. For the pointer alone: by key the inspector and the arrows do the same. */
export function ResizeHandles({ element }: { element: string }) {
  const { startResize } = useCanvas();
  return handles.map(({ name, sides }) => (
    <span
      key={name}
      className={`wf-resize ${name} nodrag nopan`}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.stopPropagation();
        startResize(element, sides, event.nativeEvent);
      }}
    />
  ));
}
