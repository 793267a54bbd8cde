/** What a drag of a line of earlier data carries, beside its plain text. */
export const draggedPath = 'application/x-perdure-path';
