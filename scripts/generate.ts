/**
 * Writes what is made from other files: the Prisma client from the schema, and documentation pages from the code. With `--client` only
 * the former, with `--check` it writes no documentation and fails when a page is out of date.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const flags = new Set(process.argv.slice(2));

if (!flags.has('--check')) generateClient();
if (!flags.has('--client')) await generateDocumentation(flags.has('--check'));

function generateClient(): void {
  // Prisma wants to download a schema engine even where none is used; any program that exists stands in for it.
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (status === 0) return;
  console.error(`${stdout}${stderr}`);
  process.exit(1);
}

async function generateDocumentation(check: boolean): Promise<void> {
  const { configurationPage } = await import('../apps/server/src/bootstrap/configuration-page.ts');
  const { errorsPage } = await import('../apps/server/src/errors/errors-page.ts');
  const { nodeReferencePage } = await import('./node-reference-page.ts');
  const { templatesPage } = await import('./templates-page.ts');
  const pages = {
    'docs/configuration.md': configurationPage(),
    'docs/errors.md': errorsPage(),
    'docs/nodes.md': nodeReferencePage(),
    'docs/templates.md': templatesPage(),
  };
  for (const [file, content] of Object.entries(pages)) {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
    if (check) {
      console.error(`${file} is out of date: run "npm run generate" and commit the page.`);
      process.exitCode = 1;
    } else writeFileSync(path, content);
  }
}
