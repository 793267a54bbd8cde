/** The activities of an installation, made alike by a worker and by its cells: the settings are plain data, without secrets. */
import { createHttpActivity, type AllowedPlace, type HttpActivity } from '@perdure/activities';
import type { Json } from '@perdure/graph';

export interface ActivitySettings {
  /** Internal places that may be called. */
  allow: readonly AllowedPlace[];
  /** Where `demo:` addresses lead. */
  demoOrigin?: string;
}

export const activityModule = new URL(import.meta.url);

/** What the runtime's ActivityModule wants. */
export function createActivities(settings: Json): HttpActivity[] {
  // Written by runInstallation.
  return [createHttpActivity(settings as unknown as ActivitySettings)];
}
