import type { WorkflowDocument } from '@perdure/graph';
import { demandForAll, type Identity } from '../auth/identity.ts';
import { demandWorkflow } from '../auth/reach.ts';
import type { Installation } from '../installation.ts';

/**
 * What a workflow starts as sub-workflows, whoever lets it run must be allowed to start: what comes back is theirs to read. A sub-workflow that
 * is named by an expression may be any.
 */
export async function demandSubWorkflows(installation: Installation, identity: Identity, document: WorkflowDocument): Promise<void> {
  for (const { type, config } of document.nodes) {
    if (type !== 'subWorkflow') continue;
    const { workflow } = config;
    if (typeof workflow !== 'string') demandForAll(identity, 'instance.start');
    else if (workflow !== '') await demandWorkflow(installation, identity, 'instance.start', workflow);
  }
}
