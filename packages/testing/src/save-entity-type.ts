import type { EntityTypeDocument } from '@perdure/graph';
import pg from 'pg';

/** Stores a document as the next version of an entity type, without the server's checks. Gives the version. */
export async function saveEntityType(databaseUrl: string, name: string, document: EntityTypeDocument): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const text = JSON.stringify(document);
    const { rows } = await client.query<{ version: number }>(
      `INSERT INTO entity_type (name, title, document, created_by, updated_by) VALUES ($1, $1, $2::json, 'test', 'test')
       ON CONFLICT (name) DO UPDATE SET document = excluded.document, version = entity_type.version + 1 RETURNING version`,
      [name, text],
    );
    const version = rows[0]?.version ?? 1;
    await client.query(`INSERT INTO entity_type_version (name, version, document, saved_by) VALUES ($1, $2, $3::json, 'test')`, [
      name,
      version,
      text,
    ]);
    return version;
  } finally {
    await client.end();
  }
}
