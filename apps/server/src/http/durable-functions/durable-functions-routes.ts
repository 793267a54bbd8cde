/** Durable Functions' HTTP management API: the same addresses, fields and status codes, so that its clients and scripts work unchanged. */
import type { Routes } from '../route.ts';
import { addCommands } from './commands.ts';
import { addEntities } from './entities.ts';
import { addGetStatus } from './get-status.ts';
import { addList } from './list.ts';
import { addPurge } from './purge.ts';
import { addRaiseEvent } from './raise-event.ts';
import { addStart } from './start.ts';

export function addDurableFunctionsRoutes(routes: Routes): void {
  addStart(routes);
  addGetStatus(routes);
  addList(routes);
  addRaiseEvent(routes);
  addCommands(routes);
  addPurge(routes);
  addEntities(routes);
}
