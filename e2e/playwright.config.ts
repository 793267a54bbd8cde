import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

/** Debian's Chromium where it is installed; elsewhere the browser that `npx playwright install chromium` brings. */
const systemChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

export default defineConfig({
  testDir: 'journeys',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Files run beside each other, each with a server of its own; the journeys of a file in their order.
  workers: 2,
  forbidOnly: true,
  reporter: process.env['PERDURE_E2E_JSON'] === undefined ? 'list' : [['list'], ['json', { outputFile: process.env['PERDURE_E2E_JSON'] }]],
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    // What was done and what the page was then. With pictures of every moment it costs as much again as half of the journey:
    // `--trace retain-on-failure` makes those for the one that is looked into.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(systemChromium === undefined ? {} : { executablePath: systemChromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
