import { findVersion, findWorkflow, listWorkflows, personName } from '@perdure/database/read';
import { saveDraft } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { actorOf } from '../../auth/identity.ts';
import { RequestError } from '../../errors/request-error.ts';
import { createNamedWorkflow } from '../../workflows/create-workflow.ts';
import { publishWorkflow } from '../../workflows/publish-workflow.ts';
import { unknownWorkflow } from '../../workflows/unknown-workflow.ts';
import { readDocument } from '../../workflows/read-document.ts';
import { versionName } from '../../workflows/version-name.ts';
import { workflowKey } from '../../workflows/workflow-key.ts';
import { storableText } from '../../storable-text.ts';
import { bodyLimits, identityOf, type Routes } from '../route.ts';
import { folderPath } from '../../auth/folder.ts';
import { demandWorkflow, reachOf } from '../../auth/reach.ts';
import { folderForNew } from '../../workflows/folder-for-new.ts';

const keyParams = z.object({ key: z.string() });

/** Definitions as JSON: list, import, export, save, publish. */
export function addWorkflowRoutes(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: '/api/workflows',
    access: 'workflow.read',
    docs: { summary: 'Workflows', answers: { 200: 'All that are not archived.' } },
    query: z.strictObject({ text: z.string().max(200).optional() }),
    handler: async ({ installation, query, identity }) => {
      const keys = await reachOf(installation, identityOf(identity), 'workflow.read');
      return listWorkflows(installation.database.prisma, { text: query.text, keys });
    },
  });

  routes.add({
    method: 'POST',
    url: '/api/workflows',
    access: 'workflow.edit',
    bodyLimit: bodyLimits.definitions,
    docs: {
      summary: 'Import a workflow as a draft; nothing runs by it',
      answers: { 201: '{ key, draftRevision }', 400: 'The document cannot be read.', 409: 'The key is taken.' },
    },
    body: z.strictObject({
      key: workflowKey.optional(),
      title: storableText.trim().min(1).max(200),
      description: storableText.max(2_000).optional(),
      /** Not set: the first folder the caller may edit, none if that is all of them. */
      folder: folderPath.optional(),
      document: z.unknown(),
      // What an export carries besides; told apart from a misspelt field, and not used.
      formatVersion: z.literal(1).optional(),
      version: z.int().nullable().optional(),
    }),
    handler: async ({ installation, reply, body, identity }) => {
      const created = await createNamedWorkflow(installation, {
        key: body.key,
        title: body.title,
        ...(body.description === undefined ? {} : { description: body.description }),
        folder: folderForNew(identityOf(identity), body.folder),
        document: readDocument(body.document),
        actor: actorOf(identityOf(identity)),
      });
      installation.workflowsChanged();
      return reply.code(201).header('location', `/api/workflows/${created.key}/export`).send({ key: created.key, draftRevision: 1 });
    },
  });

  routes.add({
    method: 'GET',
    url: '/api/workflows/:key/export',
    access: 'workflow.read',
    docs: {
      summary: 'Export a workflow: its draft, or a version',
      answers: { 200: '{ formatVersion, key, title, description, version, draftRevision, document }', 404: 'Unknown workflow or version.' },
    },
    params: keyParams,
    query: z.strictObject({
      version: z
        .string()
        .regex(/^\d{1,9}$/, 'Use a version number.')
        .transform(Number)
        .optional(),
    }),
    handler: async ({ installation, reply, params, query, identity }) => {
      await demandWorkflow(installation, identityOf(identity), 'workflow.read', params.key);
      const { prisma } = installation.database;
      const workflow = await findWorkflow(prisma, params.key);
      if (!workflow) throw unknownWorkflow(params.key);
      const version = query.version === undefined ? undefined : await findVersion(prisma, params.key, query.version);
      if (query.version !== undefined && !version)
        throw new RequestError('version.unknown', `"${params.key}" has no version ${query.version}.`);
      reply.header('content-disposition', `attachment; filename="${workflow.key}.json"`);
      return {
        formatVersion: 1,
        key: workflow.key,
        title: workflow.title,
        description: workflow.description,
        folder: workflow.folder,
        version: version?.version ?? null,
        document: version?.document ?? workflow.draft,
      };
    },
  });

  routes.add({
    method: 'PUT',
    url: '/api/workflows/:key/draft',
    access: 'workflow.edit',
    bodyLimit: bodyLimits.definitions,
    docs: {
      summary: 'Save the draft on top of the revision it was based on',
      answers: { 200: '{ draftRevision, savedAt }', 404: 'Unknown workflow.', 409: 'Somebody saved in between.' },
    },
    params: keyParams,
    body: z.strictObject({ baseRevision: z.int().min(0), document: z.unknown(), force: z.boolean().optional() }),
    handler: async ({ installation, params, body, identity }) => {
      await demandWorkflow(installation, identityOf(identity), 'workflow.edit', params.key);
      const { prisma } = installation.database;
      const saved = await saveDraft(prisma, {
        key: params.key,
        baseRevision: body.baseRevision,
        document: readDocument(body.document),
        force: body.force ?? false,
        actor: actorOf(identityOf(identity)),
      });
      if (!saved.ok && saved.code === 'workflow.unknown') throw unknownWorkflow(params.key);
      if (!saved.ok) {
        const savedBy = await personName(prisma, saved.savedBy);
        throw new RequestError(
          'draft.conflict',
          `${savedBy} has saved this draft meanwhile. Get revision ${saved.draftRevision}, or save with force.`,
          {
            details: { draftRevision: saved.draftRevision, savedAt: saved.savedAt.toISOString(), savedBy },
          },
        );
      }
      installation.workflowsChanged();
      return { draftRevision: saved.draftRevision, savedAt: saved.savedAt.toISOString() };
    },
  });

  routes.add({
    method: 'POST',
    url: '/api/workflows/:key/publish',
    access: 'workflow.publish',
    docs: {
      summary: 'Publish the draft as the next version',
      answers: {
        200: '{ version, runningOnOlder }',
        404: 'Unknown workflow.',
        409: 'The draft is not at draftRevision any more.',
        422: 'The draft has problems, or its scenarios fail. The latter are passed over with despiteScenarios.',
      },
    },
    params: keyParams,
    body: z
      .strictObject({
        draftRevision: z.int().min(0).optional(),
        name: versionName.optional(),
        note: storableText.max(2_000).optional(),
        despiteScenarios: z.boolean().optional(),
      })
      .optional(),
    handler: async ({ installation, params, body, identity }) => {
      await demandWorkflow(installation, identityOf(identity), 'workflow.publish', params.key);
      const workflow = await findWorkflow(installation.database.prisma, params.key);
      if (!workflow) throw unknownWorkflow(params.key);
      const published = await publishWorkflow(installation, {
        key: params.key,
        draftRevision: body?.draftRevision ?? workflow.draftRevision,
        name: body?.name ?? '',
        note: body?.note ?? '',
        despiteScenarios: body?.despiteScenarios ?? false,
        identity: identityOf(identity),
      });
      if (published.ok) {
        installation.workflowsChanged();
        return { version: published.version, runningOnOlder: published.runningOnOlder };
      }
      if (published.code === 'draft.conflict') {
        throw new RequestError('draft.conflict', `The draft is at revision ${workflow.draftRevision}, not at the one you named.`, {
          details: { draftRevision: workflow.draftRevision },
        });
      }
      if (published.code === 'publish.scenarios') {
        const names = published.scenarios.map(({ title }) => title).join(', ');
        throw new RequestError('publish.scenarios', `Scenarios of the draft failed: ${names}.`, {
          details: published.scenarios as unknown as Json, // plain data; the interface only lacks an index signature
        });
      }
      const [first] = published.problems.filter(({ severity }) => severity === 'error');
      throw new RequestError('publish.problems', `The draft has problems that block publishing. ${first?.title ?? ''}`.trim(), {
        details: published.problems as unknown as Json, // plain data; the interface only lacks an index signature
      });
    },
  });
}
