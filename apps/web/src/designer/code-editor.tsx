import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion,
  type CompletionSource,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  EditorView,
  hoverTooltip,
  keymap,
  lineNumbers,
  placeholder as placeholderText,
  showTooltip,
  tooltips,
  type Tooltip,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

/** What helps while writing: offered names, what the name under the pointer is, what the call around the cursor takes. */
export interface CodeAssist {
  complete: CompletionSource;
  /** A column of the list of offers. */
  column?(completion: Completion): Node | null;
  hover?(source: string, position: number): { from: number; to: number; dom: HTMLElement } | null;
  signature?(source: string, cursor: number): { from: number; dom: HTMLElement } | null;
}

/** A place in the text that something is said about. */
export type CodeMark = Pick<Diagnostic, 'from' | 'to' | 'severity' | 'message'>;

interface CodeEditorProps {
  value: string;
  onChange(value: string): void;
  language: 'jsonata' | 'json';
  label: string;
  placeholder?: string | undefined;
  assist?: CodeAssist | undefined;
  marks?: readonly CodeMark[] | undefined;
  /** Esc while nothing is offered. Without it Esc is left to what is around. */
  onEscape?: (() => void) | undefined;
  autoFocus?: boolean;
  onFocus?(view: EditorView): void;
  onBlur?(): void;
  invalid?: boolean;
  describedBy?: string | undefined;
  numbered?: boolean;
}

/** A small CodeMirror for expressions and JSON. Tab takes what is offered and otherwise leaves, as it leaves every other field. */
export function CodeEditor({
  value,
  onChange,
  language,
  label,
  placeholder,
  assist,
  marks = noMarks,
  onEscape,
  autoFocus = false,
  onFocus,
  onBlur,
  invalid = false,
  describedBy,
  numbered = false,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ onChange, onFocus, onBlur, onEscape, assist });
  const attributes = useRef(new Compartment());
  const initial = useRef({ value, autoFocus });
  useEffect(() => {
    latest.current = { onChange, onFocus, onBlur, onEscape, assist };
  });

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          lineNumbers(),
          language === 'json' ? json() : jsonataLanguage,
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          tooltips({ position: 'fixed' }),
          autocompletion({
            override: [(context) => latest.current.assist?.complete(context) ?? null],
            addToOptions: [{ render: (completion) => latest.current.assist?.column?.(completion) ?? null, position: 90 }],
            icons: false,
            aboveCursor: false,
            // A quick Tab takes what is offered, too; refused, it would leave the field.
            interactionDelay: 0,
          }),
          hoverTooltip(({ state }, position): Tooltip | null => {
            const found = latest.current.assist?.hover?.(state.doc.toString(), position);
            return found ? { pos: found.from, end: found.to, above: true, create: () => ({ dom: found.dom }) } : null;
          }),
          showTooltip.compute(['doc', 'selection'], (state) => {
            const found = latest.current.assist?.signature?.(state.doc.toString(), state.selection.main.head);
            return found ? { pos: found.from, above: true, create: () => ({ dom: found.dom }) } : null;
          }),
          Prec.highest(keymap.of([{ key: 'Tab', run: (editor) => acceptCompletion(editor) || isOffering(editor) }])),
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            {
              key: 'Escape',
              run: () => {
                latest.current.onEscape?.();
                return latest.current.onEscape !== undefined;
              },
            },
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          attributes.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
            if (update.focusChanged) {
              if (update.view.hasFocus) latest.current.onFocus?.(update.view);
              else latest.current.onBlur?.();
            }
          }),
        ],
      }),
    });
    view.current = editor;
    if (initial.current.autoFocus) {
      editor.dispatch({ selection: { anchor: editor.state.doc.length } });
      editor.focus();
    }
    return () => {
      editor.destroy();
      view.current = null;
    };
    // The editor keeps its own text and history: it is made once, and told of outside changes below.
  }, [language]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  const hasEscape = onEscape !== undefined;
  useEffect(() => {
    view.current?.dispatch({
      effects: attributes.current.reconfigure([
        // Said aloud that it takes the focus: whoever checks the page does not know that editable content does.
        EditorView.contentAttributes.of({
          'aria-label': label,
          tabindex: '0',
          // A dialog gives the focus to what asks for it, after everything is drawn.
          ...(autoFocus && { 'data-autofocus': 'true' }),
          // A dialog around it would close on the Esc that only puts the offers away.
          ...(hasEscape && { 'data-mantine-stop-propagation': 'true' }),
          ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
        }),
        ...(placeholder === undefined ? [] : [placeholderText(placeholder)]),
      ]),
    });
  }, [autoFocus, describedBy, hasEscape, label, language, placeholder]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const end = editor.state.doc.length;
    // A mark needs at least one character to be under.
    const shown = marks.flatMap((mark): Diagnostic[] => {
      const from = Math.max(0, Math.min(mark.from, end - 1));
      return end === 0 ? [] : [{ ...mark, from, to: Math.max(from + 1, Math.min(mark.to, end)) }];
    });
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [marks, language]);

  return <div ref={host} className={`ds-code ${invalid ? 'invalid' : ''} ${numbered && value.includes('\n') ? 'numbered' : ''}`} />;
}

const noMarks: readonly CodeMark[] = [];

const colours = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-str)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-num)' },
  { tag: [tags.function(tags.variableName), tags.keyword], color: 'var(--code-fn)' },
  { tag: tags.propertyName, color: 'var(--code-key)' },
  {
    tag: [tags.punctuation, tags.bracket, tags.separator, tags.brace, tags.squareBracket, tags.paren, tags.operator],
    color: 'var(--text-3)',
  },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
]);

/** Enough of JSONata to colour it. What it means is the analyser's. */
const jsonataLanguage = StreamLanguage.define<{ comment: boolean }>({
  name: 'jsonata',
  startState: () => ({ comment: false }),
  token(stream, state) {
    if (state.comment || stream.match('/*')) {
      state.comment = !stream.match(/^.*?\*\//);
      if (state.comment) stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/))
      return stream.match(/^\s*:(?!=)/, false) ? 'propertyName' : 'string';
    if (stream.match(/^\d+(\.\d+)?([eE][+-]?\d+)?/)) return 'number';
    if (stream.match(/^\$[A-Za-z_]\w*(?=\s*\()/)) return 'variableName.function';
    if (stream.match(/^(true|false|null)\b/)) return 'atom';
    if (stream.match(/^(and|or|in|function)\b/)) return 'keyword';
    if (stream.match(/^[$A-Za-z_][\w$]*/)) return null;
    stream.next();
    return 'punctuation';
  },
});

/** The list that is shown is looked up anew and takes nothing for a moment: a Tab must not leave the field instead. */
function isOffering({ dom }: EditorView): boolean {
  return dom.ownerDocument.querySelector('.cm-tooltip-autocomplete-disabled') !== null;
}
