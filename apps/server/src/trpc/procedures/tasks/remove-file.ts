import { z } from 'zod';
import { removeTaskFile } from '../../../tasks/remove-task-file.ts';
import { procedure } from '../../base.ts';

export const removeFile = procedure('task.decide')
  .input(z.strictObject({ id: z.string(), file: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => removeTaskFile(installation, identity, input));
