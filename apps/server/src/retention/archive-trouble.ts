/** Why an archive cannot be written, in words for the page of the rules. */
export class NoArchiveDirectory extends Error {
  constructor() {
    super('PERDURE_ARCHIVE_DIR is not set.');
  }
}

/** Null: it is not about the archive. */
export function archiveTrouble(error: unknown): string | null {
  if (error instanceof NoArchiveDirectory) return 'No archive directory is set. Set PERDURE_ARCHIVE_DIR and start Perdure again.';
  const code =
    error instanceof Error ? (error as NodeJS.ErrnoException).syscall !== undefined && (error as NodeJS.ErrnoException).code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'The archive directory is not there. Make it, or mount it.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'Perdure may not write into the archive directory.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The archive directory is full.';
    default:
      return null;
  }
}
