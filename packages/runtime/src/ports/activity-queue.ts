import type { ActivityJob } from '../activity-runner.ts';

/**
 * Named queues: activities that any worker may run, not only the instance's owner. A fast carrier without a promise: what is in it may vanish,
 * so the owner looks after its jobs until their result is in (`lost`), and a job may reach two workers, also when its result is stored already.
 *
 * Q1 a job handed in is delivered to at least one worker as long as the carrier lives; Q2 a worker that dies with a job loses it to another
 * after `abandonedAfterMs`; Q3 a job is gone from the carrier once its result has been stored.
 */
export interface ActivityQueue {
  available(): boolean;
  /**
   * Gives a ticket that names the entry. A job that is there already and was not begun by somebody else keeps its entry: an owner that took over
   * hands everything in again. Rejects when the carrier is away.
   */
  add(queue: string, job: ActivityJob): Promise<string>;
  /** Takes a job back that nobody has finished; harmless when it is gone. */
  remove(queue: string, ticket: string): Promise<void>;
  /** Of these tickets, those the carrier does not hold any more. */
  lost(queue: string, tickets: readonly string[]): Promise<string[]>;
  /** Serves every queue there is: `run` must not settle before the result is stored. */
  serve(consumer: string, run: (job: ActivityJob, delivery: Delivery) => Promise<void>): void;
  close(): Promise<void>;
}

export interface Delivery {
  /** Names this one delivery. */
  id: string;
  /** Another worker had the entry and vanished with it. */
  again: boolean;
}
