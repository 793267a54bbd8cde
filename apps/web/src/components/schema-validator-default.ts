export { schemaValidator as default } from './schema-validator.ts';
