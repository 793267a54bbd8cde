/** What happens to a task while somebody looks at it, who is told of it, and who may settle it in somebody else's place. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '@perdure/testing';
import { startMailCatcher, type MailCatcher } from '@perdure/testing/mail-catcher';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { callApi } from '../api.ts';
import { line, open, outcome, TaskSetting, type Visitor } from '../tasks.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let mails: MailCatcher;
let hook: Server;
let hookUrl: string;
const received: { id: string; timestamp: string; signature: string; body: string }[] = [];
let perdure: ServerProcess;
let setting: TaskSetting;
let aiko: Visitor;
let lena: Visitor;
let admin: Visitor;

const form = {
  type: 'object',
  required: ['costCentre'],
  properties: { costCentre: { type: 'string', title: 'Cost centre', pattern: '^[0-9]{4}$' } },
};

test.beforeAll(async ({ browser }) => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const header = (name: string) => String(request.headers[name]);
      received.push({ id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature'), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/tasks`; // a TCP server
  [postgres, redis, mails] = await Promise.all([startTestPostgres(), startTestRedis(), startMailCatcher()]);
  perdure = await startServerProcess({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    env: { PERDURE_SMTP_URL: mails.url, PERDURE_MAIL_FROM: 'Perdure <perdure@example.com>', PERDURE_ALLOWED_PLACES: hookUrl },
  });
  setting = new TaskSetting(perdure, postgres.url);
  aiko = await setting.visitor(browser, 'Aiko Tanaka', 'approver', ['finance']);
  lena = await setting.visitor(browser, 'Lena Falk', 'approver', ['legal']);
  admin = await setting.visitor(browser, 'Ada Admin', 'admin', []);
  await setting.publish('orders', 'Order approval', { formSchema: form });
  await setting.publish('late', 'Late ones', { deadline: { expr: 'input.context.deadline' } });
  await setting.publish('contracts', 'Contracts', { requiredGroups: ['finance', 'legal'], quorum: 2 });
  await setting.publish('told', 'Told ones', { webhook: hookUrl });
});

test.afterAll(async () => {
  await Promise.all([aiko, lena, admin].map((one) => one?.context.close()));
  await perdure?.stop();
  hook?.closeAllConnections();
  hook?.close();
  await Promise.all([postgres?.stop(), redis?.stop(), mails?.stop()]);
});

test('what is decided in one tab is said in the other, where what was typed stays', async () => {
  await setting.start('orders', { title: 'Approve order TAB-1' });
  const [first, second] = [await setting.inbox(aiko, '?view=groups&text=TAB-1'), await setting.inbox(aiko, '?view=groups&text=TAB-1')];
  await expect(open(first, 'TAB-1')).toBeVisible();
  await expect(open(second, 'TAB-1')).toBeVisible();
  await second.getByRole('textbox', { name: 'Cost centre' }).fill('9999');
  await first.getByRole('textbox', { name: 'Cost centre' }).fill('4410');
  await outcome(first, 'Approve').click();
  await expect(first.getByText(/^Approved\./)).toBeVisible();
  await expect(second.getByText(/Already decided: you chose Approve/i)).toBeVisible();
  await expect(second.getByRole('group', { name: 'Form' }).getByRole('textbox', { name: 'Cost centre' })).toHaveValue('9999');
  await Promise.all([first.close(), second.close()]);
});

test('a form that does not fit is said at its field, and by the server to whoever goes around the page', async () => {
  await setting.start('orders', { title: 'Approve order FIT-1' });
  const page = await setting.inbox(aiko, '?view=groups&text=FIT-1');
  const field = page.getByRole('textbox', { name: 'Cost centre' });
  await field.fill('twelve');
  await outcome(page, 'Approve').click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  const id = new URL(page.url()).searchParams.get('task');
  const answer = await page.request.post(`${perdure.origin}/trpc/tasks.decide`, {
    data: { id, outcome: 'approved', data: { costCentre: 'twelve' } },
    headers: { origin: perdure.origin },
  });
  expect(answer.status()).toBe(400);
  expect(await answer.text()).toContain('data.costCentre');
  await field.fill('4410');
  await outcome(page, 'Approve').click();
  await expect(page.getByText(/^Approved\./)).toBeVisible();
  await page.close();
});

test('a deadline that passes while the task is open says so, and nothing is decided any more', async () => {
  const page = await setting.inbox(aiko, '?view=groups&text=LATE');
  await expect(page.getByText('No task matches')).toBeVisible();
  // On a slow machine one may have expired before it is shown: then another one is asked for.
  let asked = 0;
  await expect(async () => {
    await setting.start('late', { title: `Decide LATE-${++asked}`, context: { deadline: '6s' } });
    await expect(open(page, 'LATE-')).toBeVisible({ timeout: 6_000 });
  }).toPass();
  await expect(page.getByText(/deadline .*passed|passed its deadline|Nobody decided/i).first()).toBeVisible();
  await expect(outcome(page, 'Approve')).toHaveCount(0);
  await page.close();
});

test('an instance that is purged while it is looked at says so on its page and in the inbox', async () => {
  const instance = await setting.start('orders', { title: 'Approve order GONE-1' });
  const task = await setting.inbox(aiko, '?view=groups&text=GONE-1');
  await expect(open(task, 'GONE-1')).toBeVisible();
  await task.getByRole('textbox', { name: 'Cost centre' }).fill('4410');
  const comment = task.getByRole('textbox', { name: 'Write a comment' });
  await comment.fill('Is this the one from May?');
  await task.getByRole('tab', { name: 'Files' }).click();
  await expect(comment).toBeHidden();
  await task.getByRole('tab', { name: 'Overview' }).click();
  await expect(comment).toHaveValue('Is this the one from May?');
  const page = await admin.context.newPage();
  await page.goto(`${perdure.origin}/instances/${instance}`);
  await expect(page.getByRole('heading', { name: /Order approval|GONE-1/ }).first()).toBeVisible();
  await callApi(perdure, 'POST', `/runtime/webhooks/durabletask/instances/${instance}/terminate?reason=test`, {});
  await expect(page.getByText('Terminated').first()).toBeVisible();
  await callApi(perdure, 'DELETE', `/runtime/webhooks/durabletask/instances/${instance}`);
  await page.reload();
  await expect(page.getByText(/There is no instance/)).toBeVisible();
  await expect(task.getByText(/no longer|not needed any more|is gone|purged|no such task/i).first()).toBeVisible();
  await expect(task.getByText(/This task no longer exists/)).toBeVisible();
  await expect(task.getByRole('textbox', { name: 'Cost centre' })).toHaveValue('4410');
  await expect(comment).toHaveValue('Is this the one from May?');
  const say = task.getByRole('button', { name: 'Comment', exact: true });
  await say.hover();
  await expect(task.getByRole('tooltip')).toHaveText('The task no longer exists');
  await expect(outcome(task, 'Approve')).toHaveCount(0);
  await Promise.all([task.close(), page.close()]);
});

test('an administrator gives a task to somebody else, and required groups each have their say', async () => {
  await setting.start('contracts', { title: 'Sign contract REQ-1', candidates: ['finance', 'legal'] });
  const hers = await setting.inbox(aiko, '?view=groups&text=REQ-1');
  await expect(hers.getByText('0 of 2 approvals')).toBeVisible();
  await expect(hers.getByRole('group', { name: 'Outcomes' })).toContainText('legal');
  await outcome(hers, 'Approve').click();
  await expect(hers.getByText('Approved: your vote counts')).toBeVisible();

  const all = await setting.inbox(admin, '?view=all&text=REQ-1');
  await expect(open(all, 'REQ-1')).toBeVisible();
  await all.keyboard.press('d');
  const dialog = all.getByRole('dialog', { name: /Sign contract REQ-1/ });
  await expect(dialog.getByRole('option', { name: /Lena Falk/ })).toBeVisible();
  await all.keyboard.type('Lena');
  await expect(dialog.getByRole('option')).toHaveCount(1);
  await all.keyboard.press('Enter');
  await dialog.getByRole('button', { name: /Lena Falk/ }).click();
  const isGiven = ({ to, text }: MailCatcher['mails'][number]) =>
    to.includes(lena.person.email) && text.includes('A task was given to you.');
  await expect.poll(() => mails.mails.filter(isGiven).map(({ subject }) => subject)).toEqual(['Sign contract REQ-1']);

  const theirs = await setting.inbox(lena, '?view=mine');
  await line(theirs, 'REQ-1').click();
  await outcome(theirs, 'Approve').click();
  await expect(theirs.getByText(/^Approved\./)).toBeVisible();
  await Promise.all([hers, all, theirs].map((page) => page.close()));
});

test('people are told by mail, whose link opens the task and decides nothing; webhooks are signed with the key that Settings shows', async () => {
  await setting.start('told', { title: 'Look at TOLD-1', candidates: [aiko.person.email] });
  const mail = await mails.mailTo(aiko.person.email, /TOLD-1/);
  const link = /http\S+\/inbox\?task=\S+/.exec(mail.text)?.[0] ?? '';
  const page = await aiko.context.newPage();
  await page.goto(link);
  await expect(open(page, 'TOLD-1')).toBeVisible();
  await expect(outcome(page, 'Approve')).toBeVisible();

  await expect.poll(() => received.filter(({ body }) => body.includes('TOLD-1')).length).toBeGreaterThan(0);
  const settings = await admin.context.newPage();
  await settings.goto(`${perdure.origin}/settings/api-keys`);
  const part = settings.getByRole('region', { name: 'Webhooks of tasks' });
  await part.getByRole('combobox', { name: 'Workflow' }).selectOption('Told ones');
  await part.getByRole('button', { name: 'Show the signing key' }).click();
  const key = (await part.getByText(/^whsec_/).textContent()) ?? '';
  const [first] = received;
  expect(first?.signature.split(' ')).toContain(signatureOf(first, key));

  await outcome(page, 'Approve').click();
  await expect(page.getByText(/^Approved\./)).toBeVisible();
  await expect.poll(() => received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toContain('task.decided');

  // Another key: what was signed with the one before is not good any more.
  await settings.reload();
  await part.getByRole('combobox', { name: 'Workflow' }).selectOption('Told ones');
  await part.getByRole('button', { name: 'Make another one' }).click();
  const renewed = (await part.getByText(/^whsec_/).textContent()) ?? '';
  expect(renewed).not.toBe(key);
  await setting.start('told', { title: 'Look at TOLD-2', candidates: [aiko.person.email] });
  await expect.poll(() => received.find(({ body }) => body.includes('TOLD-2'))).toBeDefined();
  const second = received.find(({ body }) => body.includes('TOLD-2'));
  expect(second?.signature.split(' ')).toContain(signatureOf(second, renewed));
  expect(second?.signature.split(' ')).not.toContain(signatureOf(second, key));

  // Told of nothing new any more, once that was chosen.
  await page.goto(`${perdure.origin}/settings/notifications`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await Promise.all([page.close(), settings.close()]);
});

/** As Standard Webhooks has it. */
function signatureOf(sent: (typeof received)[number] | undefined, key: string): string {
  const secret = Buffer.from(key.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', secret).update(`${sent?.id}.${sent?.timestamp}.${sent?.body}`).digest('base64')}`;
}
