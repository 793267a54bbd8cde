import { z } from 'zod';
import type { AuditFilter } from '@perdure/database/read';
import { isStorableText } from '../storable-text.ts';
import { momentText } from '../stored-values.ts';

const text = (longest: number) => z.string().max(longest).refine(isStorableText, 'This text cannot be stored.');

/** The filter of the audit log as lists and exports take it. */
export const auditFilterFields = {
  actor: text(200).optional(),
  actions: z.array(text(100)).max(100).optional(),
  /** Exactly: `instance:…` */
  target: text(500).optional(),
  from: momentText.optional(),
  before: momentText.optional(),
  text: text(200).optional(),
};

export function asAuditFilter(input: {
  actor?: string | undefined;
  actions?: string[] | undefined;
  target?: string | undefined;
  from?: string | undefined;
  before?: string | undefined;
  text?: string | undefined;
}): AuditFilter {
  const { actor, actions, target, from, before } = input;
  return {
    actor,
    actions: actions?.length === 0 ? undefined : actions,
    target,
    from: from === undefined ? undefined : new Date(from),
    before: before === undefined ? undefined : new Date(before),
    text: input.text?.trim(),
  };
}
