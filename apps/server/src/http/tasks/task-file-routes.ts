import { Readable } from 'node:stream';
import { findTaskFile, readTaskFile } from '@perdure/database/read';
import { z } from 'zod';
import { RequestError } from '../../errors/request-error.ts';
import { addTaskFile } from '../../tasks/add-task-file.ts';
import { asDownload } from '../../tasks/file-name.ts';
import { findTask } from '../../tasks/find-task.ts';
import { bodyLimits, identityOf, type Routes } from '../route.ts';

/** Files on tasks: their bytes do not go through tRPC. Who may see the task may read them; a GET changes nothing. */
export function addTaskFileRoutes(routes: Routes): void {
  routes.add({
    method: 'POST',
    url: '/api/tasks/:id/files',
    access: 'task.decide',
    docs: {
      summary: 'Add a file to a task: the body is its content, as application/octet-stream',
      answers: {
        201: 'Added.',
        404: 'Unknown task.',
        409: 'It has too many files.',
        410: 'The task is closed.',
        415: 'The content is of no type that is taken.',
      },
    },
    params: z.object({ id: z.string() }),
    query: z.strictObject({ name: z.string().min(1).max(1_000) }),
    bodyLimit: bodyLimits.attachments,
    takesBytes: true,
    handler: async ({ installation, identity, params, query, request, reply }) => {
      const content = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      return reply.code(201).send(await addTaskFile(installation, identityOf(identity), { id: params.id, name: query.name, content }));
    },
  });
  routes.add({
    method: 'GET',
    url: '/api/tasks/:id/files/:file',
    access: 'task.read',
    docs: { summary: 'Download a file of a task', answers: { 200: 'Its content.', 404: 'Unknown task or file.' } },
    params: z.object({ id: z.string(), file: z.string() }),
    compress: false,
    handler: async ({ installation, identity, params, reply }) => {
      const { prisma } = installation.database;
      const task = await findTask(installation, identityOf(identity), params.id);
      const file = await findTaskFile(prisma, task.id, params.file);
      if (!file) throw new RequestError('file.unknown', 'The task has no such file.');
      return reply
        .header('content-type', file.type)
        .header('content-length', file.bytes)
        .header('content-disposition', asDownload(file.name))
        .header('x-content-type-options', 'nosniff')
        .send(Readable.from(readTaskFile(prisma, params.file)));
    },
  });
}
