import { arrangeCommands } from './arrange-commands.ts';
import type { Command } from './command.ts';
import { dataCommands } from './data-commands.ts';
import { editCommands } from './edit-commands.ts';
import { moveCommands } from './move-commands.ts';
import { noteCommands } from './note-commands.ts';
import { selectionCommands } from './selection-commands.ts';
import { tryCommands } from './try-commands.ts';
import { transferCommands } from './transfer-commands.ts';
import { viewCommands } from './view-commands.ts';
import { workflowCommands } from './workflow-commands.ts';

/** Everything a person can do in the designer by key, menu or command palette. A new area: its file, and one line here. */
export const commands: readonly Command[] = [
  ...editCommands,
  ...noteCommands,
  ...selectionCommands,
  ...arrangeCommands,
  ...moveCommands,
  ...viewCommands,
  ...tryCommands,
  ...workflowCommands,
  ...transferCommands,
  ...dataCommands,
];

const byId = new Map(commands.map((command) => [command.id, command]));

export function commandById(id: string): Command {
  const command = byId.get(id);
  if (!command) throw new Error(`There is no command "${id}"`);
  return command;
}
