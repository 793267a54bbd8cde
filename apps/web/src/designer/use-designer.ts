import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { DesignerSession } from './designer-session.ts';

export const DesignerContext = createContext<DesignerSession | null>(null);

/** The session of the workflow on the page. It stays the same object; what changes is read with `useDesignerValue`. */
export function useDesigner(): DesignerSession {
  const session = useContext(DesignerContext);
  if (!session) throw new Error('Parts of the designer belong inside the Designer');
  return session;
}

/** Something read from the session, drawn again when it is another value. Read values that stay the same object while nothing changes. */
export function useDesignerValue<Value>(read: (designer: DesignerSession) => Value): Value {
  const designer = useDesigner();
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = [designer.model.view.subscribe(listener), designer.state.subscribe(listener), designer.screen.subscribe(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
    [designer],
  );
  return useSyncExternalStore(subscribe, () => read(designer));
}
