import { useEffect, useRef } from 'react';
import { isTyping } from '../components/is-typing.ts';
import { copyText, pasteText } from './clipboard.ts';
import type { DesignerModel } from './designer-model.ts';

export interface DesignerActions {
  save(): void;
  run(): void;
  quickAdd(): void;
  rename(): void;
  openInspector(): void;
  visibleCentre(): { x: number; y: number };
  zoom(by: 'in' | 'out' | 'reset' | 'fit'): void;
  reveal(): void;
}

/** The designer's keys and clipboard. Fields keep their own undo and clipboard; Tab and Enter belong to the canvas alone. */
export function useDesignerKeys(model: DesignerModel, actions: DesignerActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (command && key === 's') {
        event.preventDefault();
        latest.current.save();
        return;
      }
      if (document.querySelector('[role="dialog"]')) return;
      if (command && key === 'enter') {
        event.preventDefault();
        latest.current.run();
        return;
      }
      if (event.defaultPrevented || isTyping(event.target)) return;
      const target = event.target instanceof Element ? event.target : null;
      const onCanvas = target === document.body || target?.closest('.wf-canvas') !== null;
      if (act(event, command, key, onCanvas)) event.preventDefault();
    };

    const act = (event: KeyboardEvent, command: boolean, key: string, onCanvas: boolean): boolean => {
      if (command) {
        switch (key) {
          case 'z':
            if (event.shiftKey) model.redo();
            else model.undo();
            return true;
          case 'y':
            model.redo();
            return true;
          case 'a':
            model.select({
              nodes: new Set(model.document.nodes.map(({ id }) => id)),
              edges: new Set(model.document.edges.map(({ id }) => id)),
            });
            return true;
          case 'd': {
            const text = copyText(model.document, model.selection.nodes);
            if (text !== null) pasteText(model, text, latest.current.visibleCentre(), 'Duplicate');
            return true;
          }
        }
        const step = arrows[event.key];
        if (step && onCanvas) {
          model.nudge(step.x * (event.shiftKey ? 16 : 4), step.y * (event.shiftKey ? 16 : 4));
          return true;
        }
        return false;
      }
      if (event.altKey) return false;
      switch (event.key) {
        case 'Delete':
        case 'Backspace':
          model.deleteSelection();
          return true;
        case 'Escape':
          model.selectNode(null);
          return true;
        case 'F2':
          if (!model.selectedNode) return false;
          latest.current.rename();
          return true;
        case 'd':
          model.toggleDisabled();
          return true;
        case '+':
        case '=':
          latest.current.zoom('in');
          return true;
        case '-':
          latest.current.zoom('out');
          return true;
        case '0':
          latest.current.zoom('reset');
          return true;
        case '1':
          latest.current.zoom('fit');
          return true;
      }
      if (!onCanvas || event.target instanceof HTMLButtonElement) return false;
      const step = arrows[event.key];
      if (step) {
        const next = model.neighbour(step.name);
        if (next !== null) {
          model.selectNode(next);
          latest.current.reveal();
        }
        return true;
      }
      if (
        event.key === 'Tab' &&
        !event.shiftKey &&
        event.target !== document.body &&
        (model.selectedNode || (event.target instanceof Element && event.target.matches('.wf-focus')))
      ) {
        latest.current.quickAdd();
        return true;
      }
      if (event.key === 'Enter' && model.selectedNode) {
        latest.current.openInspector();
        return true;
      }
      return false;
    };

    const onCopy = (event: ClipboardEvent): void => {
      if (isTyping(event.target) || getSelection()?.isCollapsed === false) return;
      const text = copyText(model.document, model.selection.nodes);
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut') model.deleteSelection();
    };
    const onPaste = (event: ClipboardEvent): void => {
      if (isTyping(event.target)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text.trim() === '') return;
      event.preventDefault();
      pasteText(model, text, latest.current.visibleCentre());
    };

    window.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [model]);
}

const arrows: Record<string, { x: number; y: number; name: 'up' | 'down' | 'left' | 'right' }> = {
  ArrowUp: { x: 0, y: -1, name: 'up' },
  ArrowDown: { x: 0, y: 1, name: 'down' },
  ArrowLeft: { x: -1, y: 0, name: 'left' },
  ArrowRight: { x: 1, y: 0, name: 'right' },
};
