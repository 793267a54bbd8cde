import type { InstanceDetail, ShownStatus } from '@perdure/server/contract';

export const GUIDE_STEPS = ['run', 'watch', 'approve', 'restart'] as const;
export type GuideStep = (typeof GUIDE_STEPS)[number];

/** Which step of the guide is next, read off the sample run itself: nothing has to be ticked by hand but the restart. */
export function guideStep(
  run: { status: ShownStatus; tasks: Pick<InstanceDetail['tasks'][number], 'status'>[] } | null,
  restarted: boolean,
): GuideStep | 'done' {
  if (run === null) return 'run';
  const finished = run.status === 'Completed' || run.status === 'Failed' || run.status === 'Terminated' || run.status === 'Canceled';
  const decided = run.tasks.some((task) => task.status === 'decided');
  if (!finished && run.tasks.length === 0) return 'watch';
  if (!finished && !decided) return 'approve';
  return restarted ? 'done' : 'restart';
}
