import { lazy, Suspense } from 'react';

/** With its preview it brings what draws workflows along. */
const GalleryDialog = lazy(() => import('../gallery/gallery-dialog.tsx').then((module) => ({ default: module.GalleryDialog })));

/** A blank workflow or one from a template. `browse`: opened to look at templates. */
export function NewWorkflowDialog({ opened, browse = false, onClose }: { opened: boolean; browse?: boolean; onClose: () => void }) {
  return opened ? (
    <Suspense fallback={null}>
      <GalleryDialog browse={browse} onClose={onClose} />
    </Suspense>
  ) : null;
}
