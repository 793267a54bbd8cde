import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder as placeholderText, tooltips } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

interface CodeEditorProps {
  value: string;
  onChange(value: string): void;
  language: 'jsonata' | 'json';
  label: string;
  placeholder?: string | undefined;
  complete?: CompletionSource | undefined;
  /** Where the text is wrong, for the underline. */
  fault?: { from: number; message: string } | null | undefined;
  onFocus?(view: EditorView): void;
  onBlur?(): void;
  invalid?: boolean;
  describedBy?: string | undefined;
  numbered?: boolean;
}

/** A small CodeMirror for expressions and JSON. Tab leaves it, as it leaves every other field. */
export function CodeEditor({
  value,
  onChange,
  language,
  label,
  placeholder,
  complete,
  fault = null,
  onFocus,
  onBlur,
  invalid = false,
  describedBy,
  numbered = false,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ onChange, onFocus, onBlur, complete });
  const marks = useRef(new Compartment());
  const attributes = useRef(new Compartment());
  const initial = useRef(value);
  useEffect(() => {
    latest.current = { onChange, onFocus, onBlur, complete };
  });

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          lineNumbers(),
          language === 'json' ? json() : jsonataLanguage,
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          tooltips({ position: 'fixed' }),
          autocompletion({ override: [(context) => latest.current.complete?.(context) ?? null], icons: false, aboveCursor: false }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          attributes.current.of([]),
          marks.current.of([]),
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

  useEffect(() => {
    view.current?.dispatch({
      effects: attributes.current.reconfigure([
        // Said aloud that it takes the focus: whoever checks the page does not know that editable content does.
        EditorView.contentAttributes.of({
          'aria-label': label,
          tabindex: '0',
          ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
        }),
        ...(placeholder === undefined ? [] : [placeholderText(placeholder)]),
      ]),
    });
  }, [describedBy, label, language, placeholder]);

  const faultFrom = fault?.from;
  const faultMessage = fault?.message;
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const find = (): Diagnostic[] => {
      if (faultFrom === undefined || faultMessage === undefined) return [];
      const end = editor.state.doc.length;
      const from = Math.max(0, Math.min(faultFrom, end - 1));
      return end === 0 ? [] : [{ from, to: Math.min(end, from + 1), severity: 'error', message: faultMessage }];
    };
    editor.dispatch({ effects: marks.current.reconfigure(linter(find, { delay: 0 })) });
  }, [faultFrom, faultMessage]);

  return <div ref={host} className={`ds-code ${invalid ? 'invalid' : ''} ${numbered && value.includes('\n') ? 'numbered' : ''}`} />;
}

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
