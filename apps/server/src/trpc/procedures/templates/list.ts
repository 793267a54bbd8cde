import { readTemplates } from '../../../templates/read-templates.ts';
import { procedure } from '../../base.ts';
import type { TemplateSummary } from '../../contract/templates.ts';

export const list = procedure('workflow.read').query((): TemplateSummary[] =>
  readTemplates().map(({ key, title, description, category, patterns }) => ({ key, title, description, category, patterns })),
);
