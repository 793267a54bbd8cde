import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { addPerson, type AddedPerson } from '@perdure/testing';
import type { ServerProcess } from '@perdure/testing/server-process';
import { callApi, publishWorkflow } from './api.ts';

/** Somebody in a browser of their own. */
export interface Visitor {
  person: AddedPerson;
  context: BrowserContext;
}

/** A server with workflows of one human task each, and people who look at its inbox. */
export class TaskSetting {
  readonly #perdure: ServerProcess;
  readonly #databaseUrl: string;

  constructor(perdure: ServerProcess, databaseUrl: string) {
    this.#perdure = perdure;
    this.#databaseUrl = databaseUrl;
  }

  /** A workflow of one human task that says what it was started with. */
  async publish(key: string, title: string, config: object): Promise<void> {
    const outcomes = [
      { key: 'approved', label: 'Approve', tone: 'primary' },
      { key: 'rejected', label: 'Reject', tone: 'danger' },
    ];
    const task = {
      title: { expr: 'input.title' },
      context: { expr: 'input.context' },
      due: { expr: 'input.due' },
      candidates: { expr: '$exists(input.candidates) ? input.candidates : ["finance"]' },
      outcomes,
      ...config,
    };
    const nodes = [
      { id: 'start', type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} },
      { id: 'review', type: 'humanTask', title: 'Review', parent: null, position: { x: 0, y: 120 }, config: task },
    ];
    const edges = [{ id: 'begin', source: 'start', sourcePort: 'out', target: 'review' }];
    await publishWorkflow(this.#perdure, key, title, { formatVersion: 1, nodes, edges });
  }

  /** `due`: a duration from now, `-1h` is an hour ago. Gives the instance's id. */
  async start(
    workflow: string,
    { due, ...input }: { title: string; due?: string; candidates?: string[]; context?: object },
  ): Promise<string> {
    const { id } = await callApi<{ id: string }>(this.#perdure, 'POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}`, {
      ...input,
      ...(due === undefined ? {} : { due: momentIn(due) }),
    });
    return id;
  }

  async visitor(browser: Browser, name: string, role: 'approver' | 'admin' | 'operator', groups: string[]): Promise<Visitor> {
    const person = await addPerson(this.#databaseUrl, { name, role, groups });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${this.#perdure.origin}/sign-in?token=${person.token}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.close();
    return { person, context };
  }

  async inbox({ context }: Visitor, search = '', scheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${this.#perdure.origin}/inbox${search}`);
    return page;
  }
}

/** Its line in the list. */
export function line(page: Page, title: string): Locator {
  return page.getByRole('region', { name: 'Tasks', exact: true }).getByRole('button', { name: new RegExp(title) });
}

export function outcome(page: Page, label: string): Locator {
  return page.getByRole('group', { name: 'Outcomes' }).getByRole('button', { name: label, exact: true });
}

/** The heading of the task that is open. */
export function open(page: Page, title: string): Locator {
  return page.getByRole('region', { name: 'Task', exact: true }).getByRole('heading', { name: new RegExp(title) });
}

function momentIn(duration: string): string {
  const hours = Number.parseInt(duration, 10) * (duration.endsWith('d') ? 24 : 1);
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}
