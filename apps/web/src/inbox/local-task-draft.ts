import { parseJson, type Json } from '@perdure/graph';

/** What somebody has typed into a task's form and the server has not got yet, or never gets before the decision (the comment). */
export interface LocalTaskDraft {
  data: Json;
  comment: string;
  /** When it was typed. */
  at: string;
  /** The server has the data. */
  saved: boolean;
}

/** A person's own: another one who signs in at this browser does not get to see it. */
const keyOf = (userId: string, taskId: string): string => `perdure-task-draft:${userId}:${taskId}`;

export function keepLocalTaskDraft(userId: string, taskId: string, draft: LocalTaskDraft): void {
  try {
    localStorage.setItem(keyOf(userId, taskId), JSON.stringify(draft));
  } catch {
    // Storage may be full or forbidden. The draft is then only in this page until the server has it, as the line above the form says.
  }
}

export function dropLocalTaskDraft(userId: string, taskId: string): void {
  try {
    localStorage.removeItem(keyOf(userId, taskId));
  } catch {
    // Nothing was kept where nothing may be kept.
  }
}

export function readLocalTaskDraft(userId: string, taskId: string): LocalTaskDraft | null {
  let text: string | null = null;
  try {
    text = localStorage.getItem(keyOf(userId, taskId));
  } catch {
    return null;
  }
  const read = text === null ? null : parseJson(text);
  if (!read?.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return null;
  const { data, comment, at, saved } = read.value;
  return data !== undefined && typeof comment === 'string' && typeof at === 'string' ? { data, comment, at, saved: saved === true } : null;
}
