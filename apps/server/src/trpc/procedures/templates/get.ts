import { z } from 'zod';
import { findTemplate } from '../../../templates/read-templates.ts';
import { templateNeeds } from '../../../templates/template-needs.ts';
import { unknownTemplate } from '../../../templates/unknown-template.ts';
import { procedure } from '../../base.ts';
import type { TemplateDetail } from '../../contract/templates.ts';

export const get = procedure('workflow.read')
  .input(z.strictObject({ key: z.string() }))
  .query(async ({ ctx: { installation }, input }): Promise<TemplateDetail> => {
    const template = findTemplate(input.key);
    if (!template) throw unknownTemplate(input.key);
    const { key, title, description, category, patterns, shows, parameters, document } = template;
    const needs = await templateNeeds(installation, template);
    return { key, title, description, category, patterns, shows, parameters, document, ...needs };
  });
