import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { Field } from './catalogue/field.ts';
import type { NodeCategory, NodeDocs } from './catalogue/node-type.ts';
import type { Duration, RetryPolicy } from './document.ts';
import type { Port } from './port.ts';

/** A node type as the node reference tells it. */
export interface NodeTypeDescription {
  key: string;
  label: string;
  category: NodeCategory;
  description: string;
  docs: NodeDocs;
  fields: readonly Field[];
  /** Of the docs' example. Some depend on the config. */
  ports: Port[];
  isContainer: boolean;
  /** Takes a retry policy and a timeout. */
  isActivity: boolean;
  endsTurn: boolean;
  retry: RetryPolicy | null;
  timeout: Duration | null;
}

export const categoryLabels: Record<NodeCategory, string> = {
  trigger: 'Triggers',
  work: 'Work',
  people: 'People',
  wait: 'Wait',
  flow: 'Flow',
};

/** What the documentation of a catalogue is generated from, in the order of the palette. */
export function describeCatalogue(catalogue: Catalogue = standardCatalogue): NodeTypeDescription[] {
  return catalogue.types.map(
    ({ key, label, category, description, docs, fields, container, activity, endsTurn, retry, timeout, ports }) => ({
      key,
      label,
      category,
      description,
      docs,
      fields,
      ports: ports(docs.example.config),
      isContainer: container,
      isActivity: activity,
      endsTurn,
      retry,
      timeout,
    }),
  );
}
