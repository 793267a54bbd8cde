import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

export interface AddedPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Signs them in, once, at `/sign-in?token=…`. */
  readonly token: string;
}

/** A person with a role for all workflows, in the groups named, who can sign in once. Without the server's ways of inviting them. */
export async function addPerson(
  databaseUrl: string,
  {
    name,
    role,
    groups = [],
  }: { name: string; role: 'viewer' | 'operator' | 'designer' | 'approver' | 'admin'; groups?: readonly string[] },
): Promise<AddedPerson> {
  const id = randomUUID();
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`;
  await withClient(databaseUrl, async (client) => {
    await client.query(`INSERT INTO "user" (id, name, email, email_verified, updated_at) VALUES ($1, $2, $3, true, now())`, [
      id,
      name,
      email,
    ]);
    await client.query(`INSERT INTO role_grant (id, user_id, role, created_by) VALUES ($1, $1, $2, 'test')`, [id, role]);
    for (const group of groups) {
      await client.query(
        `INSERT INTO "group" (id, name, created_by) SELECT $1, $2, 'test' WHERE NOT EXISTS (SELECT FROM "group" WHERE lower(name) = lower($2))`,
        [randomUUID(), group],
      );
      await client.query(`INSERT INTO group_member (group_id, user_id) SELECT id, $1 FROM "group" WHERE lower(name) = lower($2)`, [
        id,
        group,
      ]);
    }
  });
  return { id, name, email, token: await addSignInToken(databaseUrl, id) };
}

/** Another token for somebody: the first one works once. Stored as the server's own are, by its hash. */
export async function addSignInToken(databaseUrl: string, userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const identifier = `sign-in-link:${createHash('sha256').update(token).digest('base64url')}`;
  await withClient(databaseUrl, (client) =>
    client.query(
      `INSERT INTO verification (id, identifier, value, expires_at, updated_at) VALUES ($1, $2, $3, now() + interval '1 hour', now())`,
      [randomUUID(), identifier, userId],
    ),
  );
  return token;
}

async function withClient(databaseUrl: string, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
