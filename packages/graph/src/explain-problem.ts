/** What a problem code stands for, in the words of somebody who sits beside you. The problem itself says where; this says why it matters. */
export interface Explanation {
  means: string;
  /** What would happen if it stayed. */
  matters: string;
  /** What to do, when the problem's own words or its fix are not enough. */
  todo: string;
}

/** Undefined for a code of a newer server. */
export function explainProblem(code: string): Explanation | undefined {
  return Object.hasOwn(explanations, code) ? explanations[code] : undefined;
}

const brokenEdge = 'A workflow with an edge like this cannot be run, so it cannot be published.';
const fillIn = 'The step could not do its work, so the workflow cannot be published.';
const readsNothing = 'It would read nothing: the result would lack a value without any error.';

/** By code; every code of docs/problems.md has one. */
export const explanations: Readonly<Record<string, Explanation>> = {
  'document.json': {
    means: 'The text is not JSON, is nested too deep, or holds a key that JSON tools disagree about.',
    matters: 'Nothing can be read from it.',
    todo: 'Export the workflow again, or mend the text at the place that is named.',
  },
  'document.invalid': {
    means: 'A part of the document has the wrong type or is missing.',
    matters: 'What cannot be understood is never guessed at.',
    todo: 'Correct the part that is named. An import can also leave it out.',
  },
  'document.unknown-field': {
    means: 'The document holds a field that this version does not have.',
    matters: 'It may come from a newer version and mean something that would be lost.',
    todo: 'Remove the field, or update this installation.',
  },
  'document.too-large': {
    means: 'The workflow has more than 5,000 nodes or 20,000 edges.',
    matters: 'Checking and drawing it would take too long for everybody.',
    todo: 'Move a part into a sub-workflow.',
  },
  'node.duplicate-id': {
    means: 'Two nodes have the same id.',
    matters: 'Edges and expressions could mean either of them.',
    todo: 'Give one of them another id.',
  },
  'edge.duplicate-id': {
    means: 'Two edges have the same id.',
    matters: 'History could not tell which of them was taken.',
    todo: 'Give one of them another id.',
  },
  'scenario.duplicate-id': {
    means: 'Two scenarios have the same id.',
    matters: 'A result could not tell which of them it is about.',
    todo: 'Give one of them another id.',
  },
  'note.duplicate-id': {
    means: 'Two notes have the same id.',
    matters: 'A change could not tell which of them it is about.',
    todo: 'Give one of them another id.',
  },
  'node.unknown-type': {
    means: 'This installation has no node of that type.',
    matters: 'Nobody would know what to do when a run comes to it.',
    todo: 'Replace it by a node from the palette, or update the installation it was made with.',
  },
  'node.parent': {
    means: 'The container this node is said to be inside does not exist, is no container, or is inside the node itself.',
    matters: 'It is not clear when the node would run.',
    todo: 'Drag it to where it belongs.',
  },
  'node.unreachable': {
    means: 'No way leads from the start to this step.',
    matters: 'It would never run, though somebody drew it for a reason.',
    todo: 'Connect it to the step it should follow, or delete it.',
  },
  'start.missing': {
    means: 'The workflow has no start.',
    matters: 'Nothing could begin.',
    todo: 'Add a start and connect it to the first step.',
  },
  'start.several': {
    means: 'The workflow has more than one start.',
    matters: 'An instance begins in exactly one place, with one input.',
    todo: 'Keep one start. Lead it to several steps when they should begin together.',
  },
  'start.inside-container': {
    means: 'A start stands inside a container.',
    matters: 'A container is entered by its own body port, so the start would never be reached.',
    todo: 'Move the start out, and connect the body port to the first step inside.',
  },
  'container.empty': {
    means: 'A container has nothing in it, or does not know where its content begins.',
    matters: 'It could only pass its input on.',
    todo: 'Put a step into it and connect its body port to the first one.',
  },
  'edge.missing-node': {
    means: 'An edge begins or ends at a node that does not exist.',
    matters: brokenEdge,
    todo: 'Remove the edge, or connect it again.',
  },
  'edge.missing-port': {
    means: 'An edge leaves by a port that its node does not have (any more).',
    matters: brokenEdge,
    todo: 'Connect it to one of the ports the node has, or remove it.',
  },
  'edge.no-input': {
    means: 'An edge leads into a start, which has no way in.',
    matters: brokenEdge,
    todo: 'Lead it to the step behind the start instead.',
  },
  'edge.no-output': {
    means: 'An edge leaves a node that ends its path.',
    matters: brokenEdge,
    todo: 'Remove it, or use a step that goes on.',
  },
  'edge.crosses-container': {
    means: 'An edge joins nodes that are not in the same container.',
    matters: 'A container is entered and left as a whole: that is how items, passes and locks are counted.',
    todo: 'Enter the container by its own input and leave it by its own port.',
  },
  'edge.body-leaves-container': {
    means: 'A body port leads to a node outside its container.',
    matters: 'The body is where the content begins, so it must be inside.',
    todo: 'Connect the body port to the first step inside.',
  },
  'edge.self': {
    means: 'An edge leads from a step straight back to itself.',
    matters: 'It could not be seen on the canvas, and would repeat without an end.',
    todo: 'Use a loop, or put a step between.',
  },
  'edge.duplicate': {
    means: 'The same port leads to the same node twice.',
    matters: 'The node would run twice for each token, which is hardly meant.',
    todo: 'Remove one of the two edges.',
  },
  'config.missing': { means: 'A required field is empty.', matters: fillIn, todo: 'Fill it in.' },
  'config.invalid': {
    means: 'The value of a field does not fit.',
    matters: fillIn,
    todo: 'Correct the value; the field says what it takes.',
  },
  'config.unknown-field': {
    means: 'The settings hold a field that this type of node does not have.',
    matters: 'It would be ignored, though somebody meant something by it.',
    todo: 'Remove it, or correct its name.',
  },
  'schema.invalid': {
    means: 'A JSON Schema is not well-formed, or refers to something outside itself.',
    matters: 'Neither a form nor a check could be made from it.',
    todo: 'Correct the part that is named. References must stay inside the schema.',
  },
  'retry.invalid': {
    means: 'The retry policy cannot work as it is given.',
    matters: 'It would be unclear when, and how often, the step is tried again.',
    todo: 'Correct the value that is named.',
  },
  'timeout.invalid': {
    means: 'The timeout is not a duration.',
    matters: 'An attempt could hang for ever.',
    todo: 'Write 30s, 5m, 2h or 1d.',
  },
  'retry.not-allowed': {
    means: 'This type of node takes no retry policy.',
    matters: 'It has nothing that could fail and be tried again.',
    todo: 'Remove the policy.',
  },
  'timeout.not-allowed': {
    means: 'This type of node takes no timeout.',
    matters: 'It does no work that could take too long.',
    todo: 'Remove the timeout. To wait no longer than a time, use a deadline or a timer.',
  },
  'expression.syntax': {
    means: 'The expression cannot be read.',
    matters: 'The step would fail each time it comes to it.',
    todo: 'Look at the character that is named: a bracket, a quote or an operator is missing or too much.',
  },
  'expression.in-list': {
    means: 'An expression is one item of a written list.',
    matters: 'It would be taken as plain data, not computed.',
    todo: 'Write the whole list as one expression: [steps.a.output, "b"].',
  },
  'expression.unknown-step': {
    means: 'An expression reads the output of a step that does not exist.',
    matters: readsNothing,
    todo: 'Choose the step from the data below the editor.',
  },
  'expression.hidden-step': {
    means: 'An expression reads a step inside a container from outside of it.',
    matters: 'Inside, the step may run many times, so there is no single output to read.',
    todo: 'Give the value by an End inside the container, and read the container’s output.',
  },
  'expression.step-not-before': {
    means: 'An expression reads a step that does not lead to this one.',
    matters: 'There may be no output yet: it would read nothing.',
    todo: 'Connect the steps in the order in which they need each other, or read another step.',
  },
  'expression.unknown-variable': {
    means: 'An expression reads a variable that no step sets.',
    matters: readsNothing,
    todo: 'Correct the name, or add a Set variables step before.',
  },
  'expression.unknown-name': {
    means: 'An expression reads a name that is never there.',
    matters: readsNothing,
    todo: 'Begin a path with input, steps, vars, item, index, error or instance.',
  },
  'expression.out-of-place': {
    means: 'An expression reads item or index where there is none.',
    matters: readsNothing,
    todo: 'Move the step into the container whose items it needs.',
  },
  'variables.parallel': {
    means: 'Variables are set inside a for each whose items run at the same time.',
    matters: 'Which item writes last would be up to chance, and two runs of the same input could differ.',
    todo: 'Give the value by an End and read the for each’s output, or run its items one after another.',
  },
  'section.nested': {
    means: 'A scope that locks entities is inside another one.',
    matters: 'Two such sections can wait for each other for ever.',
    todo: 'Lock all the entities in the outer scope.',
  },
  'section.sub-workflow': {
    means: 'A sub-workflow is started while entities are locked.',
    matters: 'They would stay locked until it ends, for it as well.',
    todo: 'Start it before the scope, or after.',
  },
  'section.not-locked': {
    means: 'A critical section calls an entity it does not lock.',
    matters: 'Somebody else could change it in between, which the section is there to prevent.',
    todo: 'Add the entity to the scope’s locks.',
  },
  'section.signal-locked': {
    means: 'A critical section signals an entity it has locked itself.',
    matters: 'The signal would wait until the section is left.',
    todo: 'Call it instead.',
  },
  'section.parallel-call': {
    means: 'Two steps of a critical section may call the same entity at the same time.',
    matters: 'The second call would fail.',
    todo: 'Put one after the other.',
  },
  'port.not-connected': {
    means: 'A port leads nowhere that people expect to lead somewhere.',
    matters: 'Nothing is wrong for the engine, but the path may end, or fail, where nobody thought of it.',
    todo: 'Connect it, or leave it when that is what is meant.',
  },
  'soundness.deadlock': {
    means: 'A join waits for a token that never comes.',
    matters: 'An instance that takes this way never gets past the join; when nothing else moves any more it fails.',
    todo: 'Lead the branch that leaves back to the join, let the join wait for fewer, or end the run there by a Fail.',
  },
  'soundness.leftover': {
    means: 'A join that has let one token on already is given some of the tokens of another pass, but not all.',
    matters: 'They stay in the join, and the instance fails at its end.',
    todo: 'Make each round bring all of the join’s tokens, or none.',
  },
  'soundness.dead-node': {
    means: 'Edges lead to this step, but no run ever takes them.',
    matters: 'It would never run, though somebody drew it for a reason.',
    todo: 'Connect it another way, or delete it.',
  },
  'soundness.unbounded-loop': {
    means: 'Something repeats, and nothing in it ever waits.',
    matters: 'It would run for ever within one turn and hold up everything else of its worker.',
    todo: 'Put a timer, an event, a human task or an activity into it, or limit the passes.',
  },
  'soundness.unbounded-tokens': {
    means: 'A cycle starts more paths in each round than it ends.',
    matters: 'Their number would grow without a bound.',
    todo: 'Bring the paths together in a join before the way back.',
  },
  'soundness.swallowed-loop': {
    means: 'A way leads back into a join that has already let this pass on.',
    matters: 'The join swallows what comes late, so the path ends there without a word.',
    todo: 'Lead back to a step behind the join: any step takes several edges.',
  },
  'soundness.not-checked': {
    means: 'There are too many ways to run to look at all of them.',
    matters: 'What was found is true, but a join that can wait for ever may have gone unseen.',
    todo: 'A sub-workflow or a container makes parts small enough to check.',
  },
  'pin.unusable': {
    means: 'The step has pinned data that it cannot give: it has no output of its own, or no such port.',
    matters: 'Test runs execute the step instead, with everything it does outside.',
    todo: 'Unpin the step, or pin it anew.',
  },
  'scenario.missing-node': {
    means: 'A scenario names a step that the workflow does not have any more.',
    matters: 'The scenario cannot hold what it promises, and fails when it is run.',
    todo: 'Take the step out of the scenario, or bring it back.',
  },
  'entity.invalid': {
    means: 'A part of an entity type has the wrong type or is missing, or there is no such field.',
    matters: fillIn,
    todo: 'Correct the part that is named.',
  },
  'entity.state-too-large': {
    means: 'The first state of an entity type is over 64 KB.',
    matters: 'Every operation would carry it along.',
    todo: 'Begin with less, and keep large data elsewhere.',
  },
  'entity.reserved-operation': {
    means: 'An operation is called delete, which every entity has already.',
    matters: 'A call could mean either of them.',
    todo: 'Give it another name.',
  },
  'entity.duplicate-operation': {
    means: 'Two operations of an entity type have the same name.',
    matters: 'A call could mean either of them.',
    todo: 'Give one of them another name.',
  },
  'entity.empty-operation': {
    means: 'An operation has no expression.',
    matters: 'Calling it would do nothing.',
    todo: 'Write what it does, or remove it.',
  },
};
