import type { InstanceId } from './ids.ts';
import { executionId } from './ids.ts';
import type { InstanceState } from './state.ts';

/** An instance before its first event. */
export function initialState(instanceId: InstanceId): InstanceState {
  return {
    instanceId,
    executionId: executionId(''),
    workflow: '',
    version: 0,
    status: 'Pending',
    seq: 0,
    startedAt: 0,
    parent: null,
    tags: [],
    input: null,
    output: null,
    failure: null,
    customStatus: null,
    vars: {},
    frames: new Map(),
    steps: new Map(),
    timers: new Map(),
    buffered: new Map(),
    eventWaits: new Map(),
    runningActivities: 0,
    quarantined: new Map(),
    deferred: [],
    fallen: null,
  };
}
