import { errorCodes } from './error-codes.ts';

/** `docs/errors.md`, from the table of codes. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning.replaceAll('|', '\\|')} |`,
  );
  return `# Error codes

Every error of the HTTP API has one shape: \`{ "error": { "code", "message", "details"? } }\`. tRPC errors carry the same object in
\`data.perdure\`. \`code\` is stable and meant for programs; \`message\` is for people and may change. Problems of a workflow, as the designer's
panel and a refused publish list them, have codes of their own, such as \`soundness.deadlock\`; failures inside an instance have the codes
that are listed with each node in \`nodes.md\`.

| Code | Status | Meaning |
| --- | --- | --- |
${rows.join('\n')}

On the Durable Functions routes the status codes are those Durable Functions documents, where they differ: a start of an unknown workflow
answers 400, an event whose body is not JSON answers 400.

Generated from \`apps/server/src/errors/error-codes.ts\`: change it there and run \`npm run generate\`.
`;
}
