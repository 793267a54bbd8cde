import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What axe says of colours. The two schemes differ in those alone: a page that was looked at in the light one is only asked about them in the dark. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** axe finds nothing serious or critical, in a part of the page or in all of it; of one that fails, the others are looked at all the same. */
export async function expectNoSeriousFault(
  page: Page,
  { scheme = 'light', part, what = part ?? page.url() }: { scheme?: 'light' | 'dark'; part?: string; what?: string } = {},
): Promise<void> {
  // One frame a page: no need for the way that opens a page of its own to join frames.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (part !== undefined) axe.include(part);
  if (scheme === 'dark') axe.withRules(ofColours);
  const { violations } = await axe.analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const found = serious.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} ${failureSummary ?? ''}`).join('; ')}`,
  );
  expect.soft(found, what).toEqual([]);
}
