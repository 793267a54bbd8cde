declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A node's id inside its workflow: an identifier such as `credit_check`, used in expressions as `steps.credit_check.output`. */
export type NodeId = Branded<'NodeId'>;
export type EdgeId = Branded<'EdgeId'>;
/** The name of a port on its node: `out`, `error`, `body`, an outcome key, … */
export type PortId = Branded<'PortId'>;

/** A sticky note's id inside its workflow; nothing refers to it. */
export type NoteId = Branded<'NoteId'>;

export const nodeId = (text: string): NodeId => text as NodeId;
export const edgeId = (text: string): EdgeId => text as EdgeId;
export const portId = (text: string): PortId => text as PortId;
export const noteId = (text: string): NoteId => text as NoteId;
