import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';

export function unknownRetention(): RequestError {
  return new RequestError('retention.unknown', 'There is no such rule any more.');
}

/** A field that is not right, as the schema of the input would say it. */
export function wrongField(field: string, message: string): RequestError {
  return new RequestError('input.invalid', 'Some fields are not right.', { details: [{ field, message }] });
}

export function demandArchive(
  { config }: Pick<Installation, 'config'>,
  { archive, afterDays }: { archive: boolean; afterDays: number | null },
): void {
  if (archive && afterDays !== null && config.archiveDirectory === null)
    throw wrongField(
      'archive',
      'There is nowhere to archive to: set PERDURE_ARCHIVE_DIR and start Perdure again, or purge without an archive.',
    );
}
