/** The sample the guide is about (apps/server/src/templates/sample-order.json). */
export const guideWorkflow = 'sample-order';
