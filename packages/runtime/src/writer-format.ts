export const writerFormat = 1;
