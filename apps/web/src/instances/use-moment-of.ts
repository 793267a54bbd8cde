import { useSyncExternalStore } from 'react';
import type { InstanceRun } from './instance-run.ts';

/** Draws the component again whenever the run, or the moment of it that is shown, has moved: for the small parts of large ones that do not. */
export function useMomentOf(run: InstanceRun): void {
  useSyncExternalStore(run.subscribe, run.revision);
}
