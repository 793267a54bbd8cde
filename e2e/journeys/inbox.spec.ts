import { expect, test, type Page } from '@playwright/test';
import { addSignInToken, startTestPostgres, startTestRedis, type TestPostgres, type TestRedis } from '@perdure/testing';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { line, open, outcome, TaskSetting, type Visitor } from '../tasks.ts';
import { expectNoSeriousFault } from '../no-serious-fault.ts';

let postgres: TestPostgres;
let redis: TestRedis;
let perdure: ServerProcess;
let setting: TaskSetting;
let aiko: Visitor;
let tomas: Visitor;
let kim: Visitor;

test.beforeAll(async ({ browser }) => {
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  perdure = await startServerProcess({ databaseUrl: postgres.url, redisUrl: redis.url });
  setting = new TaskSetting(perdure, postgres.url);
  aiko = await setting.visitor(browser, 'Aiko Tanaka', 'approver', ['finance']);
  tomas = await setting.visitor(browser, 'Tomás Ribeiro', 'approver', ['finance']);
  kim = await setting.visitor(browser, 'Kim Berg', 'approver', []);
  await setting.publish('expenses', 'Expenses', {});
  await setting.publish('orders', 'Order approval', { formSchema: orderForm });
  await setting.publish('contracts', 'Contracts', { quorum: 2 });
  await setting.publish('refunds', 'Refunds', { escalateAfter: '1s', escalateTo: [kim.person.email], escalatePriority: 90 });
});

test.afterAll(async () => {
  await Promise.all([aiko, tomas, kim].map((one) => one?.context.close()));
  await perdure?.stop();
  await Promise.all([postgres?.stop(), redis?.stop()]);
});

test('an inbox is cleared by keyboard: search, claim, approve, refuse with a reason, fill in a form', async () => {
  await setting.start('expenses', { title: 'Approve expenses EXP-1', due: '-1h' });
  await setting.start('expenses', { title: 'Approve expenses EXP-2', due: '1h' });
  await setting.start('orders', { title: 'Approve order EXP-3', due: '30d' });
  const page = await setting.inbox(aiko);
  const keys = page.keyboard;
  await page.getByRole('searchbox', { name: 'Search tasks' }).waitFor();
  await keys.press('/');
  await keys.type('EXP-');
  await keys.press('Enter');
  // What is found is opened by itself; until then the keys still move from what was open before.
  await page.waitForURL(({ searchParams }) => searchParams.get('text') === 'EXP-' && searchParams.has('task'));
  await expect(line(page, 'EXP-')).toHaveCount(3);
  await expect(open(page, 'EXP-1')).toBeVisible();

  await keys.press('j');
  await expect(open(page, 'EXP-2')).toBeVisible();
  await keys.press('k');
  await expect(open(page, 'EXP-1')).toBeVisible();
  await keys.press('c');
  await expect(page.getByRole('button', { name: 'Release' })).toBeVisible();
  await expect(line(page, 'EXP-1')).toContainText('You, claimed');
  await keys.press('a');
  await expect(page.getByText(/^Approved\./)).toBeVisible();

  await expect(open(page, 'EXP-2')).toBeVisible();
  await expect(open(page, 'EXP-2')).toBeFocused();
  await keys.press('r');
  const dialog = page.getByRole('dialog', { name: /Reject: Approve expenses EXP-2/ });
  await expect(dialog.getByRole('textbox', { name: 'Comment' })).toBeFocused();
  await keys.type('No receipt');
  await keys.press('Control+Enter');
  await expect(page.getByText(/^Rejected\./)).toBeVisible();

  await expect(open(page, 'EXP-3')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Cost centre' })).toBeVisible();
  await keys.press('a');
  // Something is missing: said at the field, which gets the focus.
  await expect(page.getByRole('textbox', { name: 'Cost centre' })).toBeFocused();
  await keys.type('4410');
  await expect(page.getByText(/^Draft saved/)).toBeVisible();
  await keys.press('Control+Enter');
  await expect(page.getByText('Approved. Nothing left')).toBeVisible();
  await expect(page.getByText('No task matches')).toBeVisible();
  await page.close();
});

test('two people approve, one of them by delegation; a late task is escalated', async () => {
  await setting.start('contracts', { title: 'Sign contract C-7', candidates: ['finance', kim.person.email] });
  const hers = await setting.inbox(aiko, '?view=groups');
  await line(hers, 'C-7').click();
  await expect(hers.getByText('0 of 2 approvals')).toBeVisible();
  await outcome(hers, 'Approve').click();
  await expect(hers.getByText('Approved: your vote counts')).toBeVisible();

  const his = await setting.inbox(tomas, '?view=groups');
  await line(his, 'C-7').click();
  await expect(his.getByText('1 of 2 approvals')).toBeVisible();
  await expect(his.getByRole('group', { name: 'Outcomes' })).toContainText('Aiko Tanaka');
  await his.keyboard.press('c');
  await expect(his.getByRole('button', { name: 'Release' })).toBeVisible();
  await his.keyboard.press('d');
  const dialog = his.getByRole('dialog', { name: 'Delegate: Sign contract C-7' });
  await expect(dialog.getByRole('option', { name: /Kim Berg/ })).toBeVisible();
  await his.keyboard.type('Kim');
  await expect(dialog.getByRole('option')).toHaveCount(1);
  await his.keyboard.press('Enter');
  await dialog.getByLabel(/^Note/).fill('You know them better');
  await dialog.getByRole('button', { name: 'Delegate to Kim Berg' }).click();
  await expect(his.getByText('Delegated to Kim Berg')).toBeVisible();

  const theirs = await setting.inbox(kim);
  await expect(line(theirs, 'C-7')).toContainText('You, 1 of 2 votes');
  await line(theirs, 'C-7').click();
  await theirs.getByRole('tab', { name: 'Audit trail' }).click();
  await expect(theirs.getByRole('list', { name: 'Audit trail' })).toContainText('Tomás Ribeiro delegated it to you');
  await expect(theirs.getByRole('list', { name: 'Audit trail' })).toContainText('You know them better');
  await outcome(theirs, 'Approve').click();
  await expect(theirs.getByText(/^Approved\./)).toBeVisible();

  await setting.start('refunds', { title: 'Refund R-1', candidates: [aiko.person.email] });
  await expect(line(theirs, 'R-1')).toHaveCount(0);
  await theirs.getByRole('tab', { name: /My groups/ }).click();
  await expect(line(theirs, 'R-1')).toContainText('Escalated');
  await line(theirs, 'R-1').click();
  await expect(theirs.getByRole('list', { name: 'Activity' })).toContainText(`Escalated to ${kim.person.email}`);
  await Promise.all([hers, his, theirs].map((page) => page.close()));
});

test('a task that somebody else takes and decides meanwhile says so, and what was typed stays', async () => {
  await setting.start('orders', { title: 'Approve order ORD-9' });
  const [hers, his] = [await setting.inbox(aiko, '?view=groups'), await setting.inbox(tomas, '?view=groups')];
  await line(hers, 'ORD-9').click();
  await line(his, 'ORD-9').click();
  await his.getByRole('textbox', { name: 'Cost centre' }).fill('5100 Travel');
  await hers.getByRole('button', { name: 'Claim' }).click();
  await expect(his.getByText(/Aiko Tanaka claimed this task at .* What you typed is kept below, not sent\./)).toBeVisible();
  await expect(his.getByRole('textbox', { name: 'Cost centre' })).toHaveValue('5100 Travel');
  await hers.getByRole('textbox', { name: 'Cost centre' }).fill('4410');
  await outcome(hers, 'Approve').click();
  await expect(his.getByText(/Already decided: Aiko Tanaka chose Approve/)).toBeVisible();
  await expect(his.getByRole('group', { name: 'Form' }).getByRole('textbox', { name: 'Cost centre' })).toHaveValue('5100 Travel');
  await expect(his.getByRole('group', { name: 'What was entered' }).getByRole('textbox', { name: 'Cost centre' })).toHaveValue('4410');
  await Promise.all([hers.close(), his.close()]);
});

test('what is typed survives a session that ends in the middle of it', async () => {
  await setting.start('orders', { title: 'Approve order ORD-10' });
  const page = await setting.inbox(aiko, '?view=groups');
  await line(page, 'ORD-10').click();
  const field = page.getByRole('textbox', { name: 'Cost centre' });
  await field.fill('first words');
  await expect(page.getByText(/^Draft saved/)).toBeVisible();
  await aiko.context.clearCookies();
  await field.fill('first words and more');
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();

  const other = await aiko.context.newPage();
  await other.goto(`${perdure.origin}/sign-in?token=${await addSignInToken(postgres.url, aiko.person.id)}`);
  await expect(other.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await other.close();
  await expect(dialog).toHaveCount(0);
  await expect(field).toHaveValue('first words and more');
  await expect(page.getByText(/^Draft saved/)).toBeVisible();
  await page.reload();
  await expect(field).toHaveValue('first words and more');
  await field.fill('4410');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(/^Approved\./)).toBeVisible();
  await page.close();
});

test('several tasks of one type are completed together, what does not qualify is left', async () => {
  for (const number of [1, 2, 3]) await setting.start('expenses', { title: `Approve expenses MANY-${number}`, due: `${number}h` });
  await setting.start('orders', { title: 'Approve order MANY-4', due: '4h' });
  const page = await setting.inbox(tomas, '?view=groups&text=MANY-');
  await expect(line(page, 'MANY-')).toHaveCount(4);
  await line(page, 'MANY-1').click();
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+J');
  await page.keyboard.press('Shift+J');
  await expect(page.getByText('3 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Complete 3…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Complete 3 tasks' });
  await dialog.getByRole('radio', { name: 'Approve' }).check();
  await dialog.getByRole('button', { name: 'Approve: 3 tasks' }).click();
  const result = page.getByRole('dialog', { name: 'Completed 3 of 3 tasks' });
  await expect(result).toContainText('MANY-2');
  await result.getByRole('button', { name: 'Done' }).click();
  await expect(line(page, 'MANY-4')).toHaveCount(1);
  await page.close();
});

test('comments with mentions, and putting off', async () => {
  await setting.start('expenses', { title: 'Approve expenses TALK-1' });
  const page = await setting.inbox(aiko, '?view=groups&text=TALK-');
  await expect(open(page, 'TALK-1')).toBeVisible();
  await page.keyboard.press('m');
  const comment = page.getByRole('textbox', { name: 'Write a comment' });
  await expect(comment).toBeFocused();
  await page.keyboard.type('Please look, @Tom');
  await page.getByRole('option', { name: /Tomás Ribeiro/ }).waitFor();
  await page.keyboard.press('Enter');
  await expect(comment).toHaveValue('Please look, @Tomás Ribeiro ');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('article')).toContainText('Please look, @Tomás Ribeiro');
  await page.getByRole('button', { name: 'Claim' }).click();
  await expect(page.getByRole('button', { name: 'Release' })).toBeVisible();
  await page.getByRole('heading', { name: /TALK-1/ }).click();
  await page.keyboard.press('s');
  await page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click();
  await expect(page.getByText(/^Put off until/).first()).toBeVisible();
  await page.goto(`${perdure.origin}/inbox?view=mine&text=TALK-`);
  await expect(page.getByRole('heading', { name: /^Follow-up/ })).toBeVisible();
  await page.close();
});

test('files are attached, downloaded and refused in words', async () => {
  await setting.start('expenses', { title: 'Approve expenses FILE-1' });
  const page = await setting.inbox(aiko, '?view=groups&text=FILE-');
  await page.getByRole('tab', { name: /^Files/ }).click();
  await page
    .getByLabel('Files to attach')
    .setInputFiles({ name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('three coffees') });
  await expect(page.getByRole('link', { name: 'receipt.txt', exact: true })).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'receipt.txt', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('receipt.txt');
  await page
    .getByLabel('Files to attach')
    .setInputFiles({ name: 'tool.exe', mimeType: 'application/octet-stream', buffer: Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]) });
  await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();

  await page.close();
});

test('at phone width the list and the task are pages; nothing scrolls sideways', async ({ browser }) => {
  await setting.start('orders', {
    title: 'Approve order ORD-11',
    context: {
      customer: 'Nordlicht AB',
      amount: 12_480.5,
      currency: 'EUR',
      lines: [{ line: 'Compressor C-40, stainless', quantity: 2, price: 2_890, total: 5_780 }],
    },
  });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await context.addCookies(await tomas.context.cookies());
  const page = await context.newPage();
  await page.goto(`${perdure.origin}/inbox?view=groups&text=ORD-11`);
  await expect(line(page, 'ORD-11')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Task', exact: true })).toHaveCount(0);
  await expectNoSidewaysScroll(page);
  await expectNoSeriousFault(page, { what: 'phone: list' });
  // A finger that rests on a line selects it, where there are no keys; then a tap does.
  await line(page, 'ORD-11').dispatchEvent('touchstart');
  await expect(page.getByText('1 selected')).toBeVisible();
  await line(page, 'ORD-11').dispatchEvent('touchend');
  await line(page, 'ORD-11').dispatchEvent('click');
  await expect(page.getByText('1 selected')).toBeVisible();
  await line(page, 'ORD-11').tap();
  await expect(page.getByText('1 selected')).toBeHidden();
  await line(page, 'ORD-11').tap();
  await expect(open(page, 'ORD-11')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Cost centre' })).toBeVisible();
  await expect(outcome(page, 'Approve')).toBeInViewport();
  await expectNoSidewaysScroll(page);
  for (const button of await page.getByRole('group', { name: 'Outcomes' }).getByRole('button').all()) {
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  }
  await expectNoSeriousFault(page, { what: 'phone: task' });
  await page.getByRole('button', { name: 'Back to the list' }).tap();
  await expect(line(page, 'ORD-11')).toBeVisible();
  await page.getByRole('button', { name: 'Menu' }).tap();
  await expect(page.getByRole('dialog').getByRole('link', { name: /Inbox/ })).toBeVisible();
  await context.close();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`assistive technology finds its way, ${scheme}`, async () => {
    await setting.start('orders', {
      title: `Approve order A11Y-${scheme}`,
      context: { customer: 'Nordlicht AB', lines: [{ line: 'Desk', total: 3 }] },
    });
    const page = await setting.inbox(tomas, `?view=groups&text=A11Y-${scheme}`, scheme);
    await expect(page.getByRole('textbox', { name: 'Cost centre' })).toBeVisible();
    await expectNoSeriousFault(page, { what: 'task', scheme });
    await outcome(page, 'Approve').click();
    await expect(page.getByRole('textbox', { name: 'Cost centre' })).toBeFocused();
    await expectNoSeriousFault(page, { what: 'task with an error', scheme });
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await expectNoSeriousFault(page, { what: 'keys', scheme });
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    await expect(page.getByRole('button', { name: 'Release' })).toBeVisible();
    await page.keyboard.press('d');
    await expect(page.getByRole('option', { name: /Aiko/ })).toBeVisible();
    await expectNoSeriousFault(page, { what: 'delegate', scheme });
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Files' }).click();
    await expectNoSeriousFault(page, { what: 'files', scheme });
    await page.close();
  });
}

const orderForm = {
  type: 'object',
  required: ['costCentre'],
  properties: {
    costCentre: { type: 'string', title: 'Cost centre', minLength: 1 },
    amount: { type: 'number', title: 'Approved amount', default: 12_480.5 },
    delivery: {
      type: 'string',
      title: 'Delivery',
      oneOf: [
        { const: 'one', title: 'One delivery', description: 'All on 26 Nov' },
        { const: 'two', title: 'Split delivery' },
      ],
    },
  },
};

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
}
