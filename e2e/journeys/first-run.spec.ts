import { expect, test, type Page } from '@playwright/test';
import { startServerProcess } from '@perdure/testing/server-process';
import { expectNoSeriousFault } from '../no-serious-fault.ts';

/** The first five minutes, as somebody has them who has just installed it. What is ticked has happened: no step has a button that says so. */
test('skip and take up, run, watch, approve, stop and start; then break it and mend it', async ({ page }) => {
  test.setTimeout(480_000);
  const perdure = await startServerProcess();
  try {
    await test.step('the printed link signs in, and the guide is there', async () => {
      await page.goto(perdure.link);
      await expect(page).toHaveURL(/\/welcome$/);
      await expect(page.getByRole('heading', { name: 'Start here' })).toBeVisible();
      await expect(page.getByText('0 of 4')).toBeVisible();
      const samples = page.getByRole('region', { name: 'Instances to look at' });
      await expect(samples.getByRole('row', { name: /Completed/ })).toHaveCount(1);
      await expect(samples.getByRole('row', { name: /Waiting/ })).toHaveCount(1);
      await expect(page.getByRole('region', { name: 'This installation' })).toContainText('used, no longer valid');
      await expectNoSeriousFault(page);
    });

    await test.step('skipped, it stays away until it is asked for', async () => {
      await page.getByRole('button', { name: 'Skip the guide' }).click();
      await expect(page).toHaveURL(/\/dashboard$/);
      await page.goto(perdure.origin);
      await expect(page).toHaveURL(/\/dashboard$/);
      await openGuide(page);
      await page.goto(perdure.origin);
      await expect(page, 'taken up again, it opens by itself').toHaveURL(/\/welcome$/);
    });

    await test.step('with work of one’s own it does not open by itself, and goes on where it was', async () => {
      await page.getByRole('button', { name: 'Edit a copy' }).click();
      await expect(page).toHaveURL(/\/workflows\/sample-order-a-copy$/);
      await page.goto(perdure.origin);
      await expect(page).toHaveURL(/\/dashboard$/);
      await openGuide(page);
      await expect(page.getByText('0 of 4')).toBeVisible();
    });

    await test.step('run it, and watch the nodes light up', async () => {
      await page.getByRole('button', { name: 'Run the sample' }).click();
      await expect(done(page, 'Run the sample')).toBeVisible();
      await expect(done(page, 'Watch the nodes light up')).toBeVisible();
      await expect(node(page, 'Approve order', 'Waiting')).toBeVisible();
      await expect(page.getByText('2 of 4')).toBeVisible();
    });

    await test.step('a clean stop and start while it waits: nothing has gone on yet, so nothing is ticked', async () => {
      await perdure.stopAndRestart();
      await page.reload();
      await expect(page.getByRole('link', { name: 'Open the task' })).toBeVisible();
      await expect(node(page, 'Approve order', 'Waiting')).toBeVisible();
      await expect(page.getByText('2 of 4')).toBeVisible();
    });

    await test.step('approve in the inbox: it goes on, and the stop counts', async () => {
      await page.getByRole('link', { name: 'Open the task' }).click();
      await page.getByRole('button', { name: 'Approve', exact: true }).click();
      await page.goto(`${perdure.origin}/welcome`);
      await expect(done(page, 'Approve it in your inbox')).toBeVisible();
      await expect(done(page, 'Stop the server, start it again')).toBeVisible();
      await expect(page.getByText('4 of 4')).toBeVisible();
    });

    await test.step('killed, on a fast machine while Pack order counts down: it comes to its end', async () => {
      await perdure.killAndRestart();
      await page.reload();
      await expect(node(page, 'Pack order', 'Completed')).toBeVisible({ timeout: 60_000 });
    });

    await test.step('let Check stock fail, and find the incident', async () => {
      await page.getByRole('button', { name: 'Run it with the switch on' }).click();
      await expect(done(page, 'Let Check stock fail')).toBeVisible({ timeout: 60_000 });
      await expect(node(page, 'Check stock', 'Failed')).toBeVisible();
      await page.getByRole('link', { name: 'Open the incident', exact: true }).click();
      await expect(page.getByRole('region', { name: 'Incident' })).toContainText('503');
      await openGuide(page);
      await expect(done(page, 'Find the incident')).toBeVisible();
    });

    await test.step('change the step, publish, and retry: what had finished is not run again', async () => {
      await page.getByRole('link', { name: 'Open the step' }).click();
      const inspector = page.getByRole('complementary', { name: 'Inspector' });
      await expect(inspector.getByRole('textbox', { name: 'Title' }).first()).toHaveValue('Check stock');
      await inspector.getByRole('button', { name: 'Remove failTimes' }).click();
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
      await expect(page.getByText('Published as v2')).toBeVisible();
      await openGuide(page);
      await page.getByRole('button', { name: 'Retry in v2…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Reason').fill('The stock service is mended');
      await dialog.getByRole('button', { name: 'Migrate to v2' }).click();
      await expect(done(page, 'Change the step and retry')).toBeVisible();
      await expect(node(page, 'Approve order', 'Waiting')).toBeVisible();
      await expect(node(page, 'Price order', 'Completed')).toBeVisible();
      await expect(page.getByText('all done')).toBeVisible();
      await expectNoSeriousFault(page);
    });
  } finally {
    await perdure.stop();
  }
});

async function openGuide(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Help' }).click();
  await page.getByRole('menuitem', { name: 'First steps' }).click();
  await expect(page.getByRole('heading', { name: 'Start here' })).toBeVisible();
}

function done(page: Page, title: string) {
  return page.getByRole('region', { name: 'Guide', exact: true }).getByRole('listitem').filter({ hasText: title }).getByLabel('Done');
}

function node(page: Page, title: string, status: string) {
  return page.getByRole('group', { name: new RegExp(`^${title}, .*${status}`) });
}
