declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type InstanceId = Branded<'InstanceId'>;
/** Changes on continue-as-new; `seq` runs on. */
export type ExecutionId = Branded<'ExecutionId'>;
/**
 * Where a container's content runs: `''` for the root, `for_each#1[12]/` for item 12 of the first visit of node `for_each`,
 * nested by concatenation: `for_each#1[12]/retry_scope#1[0]/`.
 */
export type FrameId = Branded<'FrameId'>;
/** One visit of one node: frame id + node id + `#` + visit, e.g. `for_each#1[12]/reserve#1`. Unique in an execution. Retries keep it. */
export type StepKey = Branded<'StepKey'>;
/** Step key + `!` + purpose + number, e.g. `reserve#1!retry2`. Unique in an execution. */
export type TimerId = Branded<'TimerId'>;

export const instanceId = (text: string): InstanceId => text as InstanceId;
export const executionId = (text: string): ExecutionId => text as ExecutionId;
export const frameId = (text: string): FrameId => text as FrameId;
export const stepKey = (text: string): StepKey => text as StepKey;
export const timerId = (text: string): TimerId => text as TimerId;

/** The key handed to every attempt of an activity, so that its receiver can recognise a repetition. */
export function activityKey(instance: InstanceId, execution: ExecutionId, step: StepKey): string {
  return `${instance}/${execution}/${step}`;
}
