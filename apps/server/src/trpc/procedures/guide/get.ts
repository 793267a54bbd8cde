import { readGuide } from '../../../guide/read-guide.ts';
import { procedure } from '../../base.ts';
import type { Guide } from '../../contract/guide.ts';

export const get = procedure('signed-in').query(({ ctx: { identity, installation } }): Promise<Guide> => readGuide(installation, identity));
