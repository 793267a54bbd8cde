export { backUp, type BackupSummary } from './back-up.ts';
export { restore, RestoreRefused, type RestoreSummary } from './restore.ts';
export { ArchiveDamaged } from './archive.ts';
