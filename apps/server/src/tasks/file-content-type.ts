/**
 * What a file is, by its content: what it was called or sent as is only believed where the content leaves it open. Undefined: not taken.
 * Everything is handed out as a download and never shown as a page, so this keeps honest people from mistakes and programs from being passed on.
 */
export function fileContentType(content: Uint8Array, name: string): string | undefined {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, n) => content[n] === byte);
  const says = (at: number, text: string): boolean => [...text].every((letter, n) => content[at + n] === letter.charCodeAt(0));
  if (says(0, '%PDF-')) return 'application/pdf';
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (says(0, 'GIF87a') || says(0, 'GIF89a')) return 'image/gif';
  if (says(0, 'RIFF') && says(8, 'WEBP')) return 'image/webp';
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  // Office documents are archives: the ending tells which.
  if (begins(0x50, 0x4b, 0x03, 0x04)) return officeTypes[ending];
  if (isText(content)) return ending === 'csv' ? 'text/csv' : 'text/plain';
  return undefined;
}

/** For people who are refused. */
export const takenFiles = 'PDF, PNG, JPEG, GIF, WebP, Word, Excel, PowerPoint, OpenDocument, text and CSV files';

const officeTypes: Readonly<Record<string, string>> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
};

/** UTF-8 without control characters other than tabs and line ends. */
function isText(content: Uint8Array): boolean {
  if (content.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
