import type { WorkflowDetail } from '@perdure/server/contract';
import { DesignerSession, type DesignerRights } from './designer-session.ts';

/** Each keeps a document and its history. */
const mostKept = 8;

const kept = new Map<string, DesignerSession>();

/** The session of a workflow, the one of the last visit if there was one: undo goes back behind a look at another workflow or page. */
export function sessionOf(detail: WorkflowDetail, may: DesignerRights): DesignerSession {
  const known = kept.get(detail.key);
  const hasSameRights = known && known.may.edit === may.edit && known.may.publish === may.publish && known.may.start === may.start;
  const session = hasSameRights ? known : new DesignerSession(detail, may);
  // The one looked at last is let go last. One with unsaved changes may go, too: they are kept in this browser.
  kept.delete(detail.key);
  kept.set(detail.key, session);
  for (const key of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(key);
  }
  return session;
}
