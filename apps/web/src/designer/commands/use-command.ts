import { useDesigner, useDesignerValue } from '../use-designer.ts';
import { refusalOf, titleOf } from './command.ts';
import { commandById } from './registry.ts';
import { keyNames } from './shortcut.ts';

/** A command as a button shows it. */
export function useCommand(id: string): { title: string; keys: string[]; refusal: string | null; run(): void } {
  const designer = useDesigner();
  const command = commandById(id);
  const title = useDesignerValue((at) => titleOf(command, at));
  const refusal = useDesignerValue((at) => refusalOf(command, at));
  const [key] = command.keys ?? [];
  return { title, keys: key === undefined ? [] : keyNames(key), refusal, run: () => command.run(designer) };
}
