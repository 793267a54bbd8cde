import { isExpression, type Json } from '@perdure/graph';
import { useId, useRef, useState, type DragEvent, type KeyboardEvent, type ReactNode } from 'react';
import { draggedPath } from './dragged-path.ts';
import { useInspector } from './inspector-context.ts';

/** A field that is a literal or an expression. */
export interface LiteralSwitch {
  computed: boolean;
  /** The two words above the field. */
  switcher: ReactNode;
  /** For the element around the field: Alt+E switches, and a path may be dropped on a literal. */
  around: {
    onKeyDown(event: KeyboardEvent): void;
    onDragOver(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
  /** The editor was just made out of the literal: the person goes on in it. */
  isNew: boolean;
  /** The literal becomes this expression. */
  compute(expr: string): void;
  /** For the literal's `onFocus`: paths picked from the data go here. */
  target(insert: (path: string) => void): void;
}

/** Both sides keep what was typed in them while the field is shown. */
export function useLiteralSwitch({
  label,
  literalWord = 'Form',
  value,
  onChange,
  emptyLiteral,
  expressionOf,
  onPath,
}: {
  label: string;
  literalWord?: string;
  value: Json | undefined;
  onChange(value: Json | undefined): void;
  /** The literal before anything was typed. */
  emptyLiteral: Json | undefined;
  /** What a literal is as an expression. */
  expressionOf(literal: Json | undefined): string;
  /** A path dropped on the literal: the expression it makes. */
  onPath?: ((path: string) => void) | undefined;
}): LiteralSwitch {
  const computed = isExpression(value);
  const { setTarget } = useInspector();
  const id = useId();
  const kept = useRef<{ literal: Json | undefined; expr: string }>({ literal: emptyLiteral, expr: '' });
  const [isNew, setNew] = useState(false);

  const compute = (expr: string): void => {
    if (!isExpression(value)) kept.current.literal = value;
    setNew(true);
    onChange({ expr });
  };
  const toggle = (toExpression: boolean): void => {
    if (toExpression === computed) return;
    setNew(false);
    if (toExpression) {
      kept.current.literal = value;
      onChange({ expr: kept.current.expr || expressionOf(value) });
    } else {
      kept.current.expr = isExpression(value) ? value.expr : '';
      onChange(kept.current.literal);
    }
  };
  const hasPath = (event: DragEvent): boolean => !computed && event.dataTransfer.types.includes(draggedPath);

  return {
    computed,
    isNew,
    compute,
    target: (insert) => setTarget({ id, insert }),
    switcher: (
      <span className="seg ds-seg" role="group" aria-label={`${label}: how it is given`}>
        <button type="button" aria-pressed={!computed} title="Alt+E" onClick={() => toggle(false)}>
          {literalWord}
        </button>
        <button type="button" aria-pressed={computed} title="Alt+E" onClick={() => toggle(true)}>
          Expression
        </button>
      </span>
    ),
    around: {
      onKeyDown: (event) => {
        // By the place of the key: with Alt, a Mac types another letter.
        if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyE') return;
        event.preventDefault();
        event.stopPropagation();
        const around = event.currentTarget;
        toggle(!computed);
        requestAnimationFrame(() => around.querySelector<HTMLElement>('.cm-content, input, textarea')?.focus());
      },
      onDragOver: (event) => {
        if (!hasPath(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDrop: (event) => {
        if (!hasPath(event)) return;
        event.preventDefault();
        const path = event.dataTransfer.getData(draggedPath);
        if (onPath) onPath(path);
        else compute(path);
      },
    },
  };
}

/** `=` typed into an empty literal asks for an expression. */
export function asksForExpression(before: string, typed: string): boolean {
  return before === '' && typed === '=';
}
