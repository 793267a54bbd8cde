export * from './json.ts';
export * from './ids.ts';
export * from './document.ts';
export * from './problem.ts';
export { type Explanation, explainProblem } from './explain-problem.ts';
export { type Fix, fixFor } from './problem-fix.ts';
export * from './plan.ts';
export * from './port.ts';
export * from './duration.ts';
export * from './strict-json.ts';
export * from './node-id.ts';
export * from './catalogue/catalogue.ts';
export {
  type NodeType,
  type NodeTypeDefinition,
  type NodeCategory,
  type ChipStyle,
  type NodeDocs,
  type CompileContext,
  defineNodeType,
  outPort,
  errorPort,
  bodyPort,
  keyedPorts,
} from './catalogue/node-type.ts';
export { type Field, type FieldMeta, type Widget, field } from './catalogue/field.ts';
export * from './parse-document.ts';
export * from './pins.ts';
export { type Scenario, type ScenarioDecision, type ScenarioExpectation, maxScenarios, maxScenarioLength } from './scenario.ts';
export { type GraphIndex, indexGraph, nameOf } from './graph-index.ts';
export * from './connect-rules.ts';
export * from './compile.ts';
export * from './node-size.ts';
export { checkSoundness } from './soundness.ts';
export * from './migration.ts';
export { type EmbeddedExpression, embeddedExpressions } from './embedded-expressions.ts';
export * from './validate.ts';
export * from './canonical-json.ts';
export {
  type DocumentDiff,
  type FieldChange,
  type ItemChange,
  diffDocuments,
  isEmptyDiff,
  isLayoutOnly,
  isSameJson,
} from './diff-documents.ts';
export { type MergeConflict, mergeDocuments } from './merge-documents.ts';
export { renameReferences } from './step-references.ts';
export * from './rename-node.ts';
export * from './new-node.ts';
export * from './fragment.ts';
export {
  type TemplateCategory,
  type TemplateParameter,
  type TemplateParameterKind,
  type TemplateValue,
  type TemplateValues,
  fillTemplate,
  placeholdersOf,
  templateCategories,
  templateValueProblems,
} from './template.ts';
export { writeDocument } from './write-document.ts';
export { type LeftOut, type WorkflowImport, readImport } from './read-import.ts';
export { checkJsonSchema } from './check-json-schema.ts';
export * from './data-before.ts';
export { fillDefaults, hasDefaults } from './fill-defaults.ts';
export { holdBack } from './hold-back.ts';
export { schemaExample, schemaValues } from './schema-example.ts';
export { didYouMean } from './did-you-mean.ts';
export * from './describe-catalogue.ts';
export * from './entity/entity-name.ts';
export * from './entity/entity-type.ts';
export * from './entity/entity-plan.ts';
export * from './entity/compile-entity-type.ts';
export * from './entity/entity-kinds.ts';
