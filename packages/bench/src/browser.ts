/** A headless Chromium without a GPU, and the production build of the web app it is shown. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';

export const repositoryRoot = join(import.meta.dirname, '../../..');

export async function buildWebApp(): Promise<void> {
  await promisify(execFile)(process.execPath, [
    join(repositoryRoot, 'apps/web/node_modules/vite/bin/vite.js'),
    'build',
    '--logLevel',
    'error',
    join(repositoryRoot, 'apps/web'),
  ]);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(systemChromium === undefined ? {} : { executablePath: systemChromium }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

const systemChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/** @param cookie as the browser would send it */
export async function signIn(context: BrowserContext, origin: string, cookie: string): Promise<void> {
  await context.addCookies(
    cookie.split('; ').map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1), url: origin })),
  );
}
