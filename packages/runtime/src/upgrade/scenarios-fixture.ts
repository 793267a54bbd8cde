/**
 * Instances caught in the middle of their lives, and how each goes on: what an upgrade must not break. Together they have events of every type.
 * Recorded once per writer format (see recorded-installations.test.ts); a scenario that recordings name must not change any more: add others.
 */
import type { Scenario } from './scenario-fixture.ts';
import { activities } from './scenarios/activities-fixture.ts';
import { children } from './scenarios/children-fixture.ts';
import { containers } from './scenarios/containers-fixture.ts';
import { data } from './scenarios/data-fixture.ts';
import { entities } from './scenarios/entities-fixture.ts';
import { humanTasks } from './scenarios/human-tasks-fixture.ts';
import { operated } from './scenarios/operated-fixture.ts';
import { waits } from './scenarios/waits-fixture.ts';

export const scenarios: readonly Scenario[] = [
  ...activities,
  ...data,
  ...waits,
  ...humanTasks,
  ...children,
  ...containers,
  ...operated,
  ...entities,
];
