import { storableText } from '../storable-text.ts';

/** What people call a version beside its number: "Two approvers". Empty: it has no name. */
export const versionName = storableText.trim().max(80, 'Use 80 characters at most.');
