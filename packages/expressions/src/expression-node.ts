/**
 * The syntax tree that JSONata's parser gives, as far as we look at it. Its own typings name neither the post-processed node types
 * (path, bind, apply, sort, …) nor their fields; one loose shape is honest about what we know.
 */
export interface ExpressionNode {
  type: string;
  value?: unknown;
  position?: number;
  /** type `path` */
  steps?: ExpressionNode[];
  /** Filters of a node that is not a step of a path. */
  predicate?: FilterStage[];
  /** Filters and index bindings of a step of a path. */
  stages?: FilterStage[];
  group?: { lhs: [ExpressionNode, ExpressionNode][] };
  /** type `block`, and array constructors */
  expressions?: ExpressionNode[];
  /** type `unary` */
  expression?: ExpressionNode;
  /** A pair list in object constructors, a node elsewhere. */
  lhs?: ExpressionNode | [ExpressionNode, ExpressionNode][];
  rhs?: ExpressionNode;
  condition?: ExpressionNode;
  then?: ExpressionNode;
  else?: ExpressionNode;
  procedure?: ExpressionNode;
  arguments?: ExpressionNode[];
  body?: ExpressionNode;
  /** type `lambda` */
  signature?: unknown;
  pattern?: ExpressionNode;
  update?: ExpressionNode;
  delete?: ExpressionNode;
  terms?: { expression: ExpressionNode }[];
  focus?: string;
  index?: string;
  tuple?: boolean;
  keepArray?: boolean;
  keepSingletonArray?: boolean;
  consarray?: boolean;
  ancestor?: unknown;
}

export interface FilterStage {
  type: string;
  expr?: ExpressionNode;
  value?: unknown;
}

export function childrenOf(node: ExpressionNode): ExpressionNode[] {
  const children: ExpressionNode[] = [];
  const add = (child: ExpressionNode | undefined) => {
    if (child !== undefined) children.push(child);
  };
  const addPairs = (pairs: [ExpressionNode, ExpressionNode][]) => {
    for (const [key, value] of pairs) children.push(key, value);
  };
  for (const step of node.steps ?? []) add(step);
  for (const stage of [...(node.predicate ?? []), ...(node.stages ?? [])]) add(stage.expr);
  if (node.group) addPairs(node.group.lhs);
  for (const item of node.expressions ?? []) add(item);
  add(node.expression);
  if (Array.isArray(node.lhs)) addPairs(node.lhs);
  else add(node.lhs);
  add(node.rhs);
  add(node.condition);
  add(node.then);
  add(node.else);
  add(node.procedure);
  for (const argument of node.arguments ?? []) add(argument);
  add(node.body);
  add(node.pattern);
  add(node.update);
  add(node.delete);
  for (const term of node.terms ?? []) add(term.expression);
  return children;
}
