/** Templates, and what using one needs. */
import type { Json, TemplateCategory, TemplateParameter, TemplateValues } from '@perdure/graph';
import type { Mutation, Query } from './procedure-types.ts';

/** templates.list */
export interface TemplateSummary {
  key: string;
  title: string;
  description: string;
  category: TemplateCategory;
  /** `fan-out`, `critical section` … */
  patterns: string[];
}

/** templates.get */
export interface TemplateDetail extends TemplateSummary {
  /** What can be learnt from it, in a few sentences. */
  shows: string;
  parameters: TemplateParameter[];
  /** A workflow document with placeholders: `fillTemplate` of the graph fills them. */
  document: Json;
  entityTypes: TemplateEntityType[];
  workflows: TemplateWorkflow[];
}

/** An entity type the template works with. `different`: there is one of this name that is not what the template has; it stays as it is. */
export interface TemplateEntityType {
  name: string;
  title: string;
  state: 'missing' | 'same' | 'different' | 'archived';
}

/** A workflow the template starts as a sub-workflow. */
export interface TemplateWorkflow {
  key: string;
  title: string;
  state: 'missing' | 'draft' | 'published' | 'archived';
}

/** templates.use: the new draft, and how the things it needs were found; what was missing has been created, workflows as drafts. */
export interface UsedTemplate {
  key: string;
  entityTypes: TemplateEntityType[];
  workflows: TemplateWorkflow[];
}

export type TemplateProcedures = {
  list: Query<void, TemplateSummary[]>;
  get: Query<{ key: string }, TemplateDetail>;
  use: Mutation<
    { template: string; title: string; key?: string | undefined; folder?: string | undefined; values: TemplateValues },
    UsedTemplate
  >;
};
