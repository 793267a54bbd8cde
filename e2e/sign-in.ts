import type { Browser, BrowserContext, BrowserContextOptions } from '@playwright/test';
import type { ServerProcess } from '@perdure/testing/server-process';

/** A browser context signed in by the printed link. The link works once: open every page of a journey in this context. */
export async function signIn(browser: Browser, perdure: ServerProcess, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(perdure.link);
  // Which page comes first depends on what is there already.
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.close();
  return context;
}
