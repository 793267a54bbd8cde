import type { WorkflowDocument } from '@perdure/graph';
import pg from 'pg';

/** Stores a document as the next published version of a workflow, without the server's checks. Gives the version. */
export async function publishWorkflow(databaseUrl: string, key: string, document: WorkflowDocument): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const text = JSON.stringify(document);
    const { rows } = await client.query<{ latest_version: number }>(
      `INSERT INTO workflow (key, title, draft, draft_saved_by, latest_version, created_by) VALUES ($1, $1, $2::json, 'test', 1, 'test')
       ON CONFLICT (key) DO UPDATE SET draft = excluded.draft, latest_version = workflow.latest_version + 1 RETURNING latest_version`,
      [key, text],
    );
    const version = rows[0]?.latest_version ?? 1;
    await client.query(
      `INSERT INTO workflow_version (workflow_key, version, document, draft_revision, published_by) VALUES ($1, $2, $3::json, 1, 'test')`,
      [key, version, text],
    );
    return version;
  } finally {
    await client.end();
  }
}
