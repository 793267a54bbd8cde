import { fillDefaults, type Json } from '@perdure/graph';
import { useRef, useState, type RefObject } from 'react';
import { isFormSchema } from './is-form-schema.ts';
import { readJson } from './json-field.tsx';
import type { SchemaFormHandle } from './schema-form.tsx';

/** An instance's input being written: by form when its schema allows one, else as JSON, with the defaults that a start fills in. Drawn by `InputForm`. */
export interface InputFormState {
  schema: Json;
  hasForm: boolean;
  mode: 'form' | 'json';
  value: Json;
  text: string;
  form: RefObject<SchemaFormHandle | null>;
  /** Raised when another value is put in its place, so that the form is made anew. */
  generation: number;
  /** Why it cannot be sent, or null. */
  refusal: string | null;
  /** The input; null after showing what is wrong with it. */
  read(): { value: Json } | null;
  put(value: Json): void;
  setMode(mode: 'form' | 'json'): void;
  setValue(value: Json): void;
  setText(text: string): void;
}

export function useInputForm(schema: Json, initial: Json): InputFormState {
  const hasForm = isFormSchema(schema);
  const [chosen, setChosen] = useState<'form' | 'json'>('form');
  const [value, setValue] = useState<Json>(initial);
  // Null until somebody writes: the schema may come later than the dialog.
  const [written, setText] = useState<string | null>(null);
  const text = written ?? JSON.stringify(fillDefaults(schema, value), null, 2);
  const [generation, setGeneration] = useState(0);
  const form = useRef<SchemaFormHandle>(null);
  const mode = hasForm ? chosen : 'json';
  const input = mode === 'form' ? ({ ok: true, value } as const) : readJson(text);
  return {
    schema,
    hasForm,
    mode,
    value,
    text,
    form,
    generation,
    refusal: input.ok ? null : 'Correct the input first',
    read: () => (!input.ok || (mode === 'form' && !(form.current?.check() ?? true)) ? null : { value: input.value }),
    put: (next) => {
      setValue(next);
      setText(null);
      setGeneration((before) => before + 1);
    },
    setMode: (next) => {
      if (next === mode) return;
      if (next === 'json') setText(null);
      else if (input.ok) setValue(input.value);
      setChosen(next);
    },
    setValue,
    setText,
  };
}
