import type { Json } from '@perdure/graph';
import { Component, lazy, Suspense, useState, type ReactNode } from 'react';
import { isFormSchema } from '../../components/is-form-schema.ts';
import { Skeleton } from '../../components/skeleton.tsx';

const SchemaForm = lazy(() => import('../../components/schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

/** The form that people will see, to try out. Of a schema with problems there is none. */
export function SchemaPreview({ schema, isSound }: { schema: Json | undefined; isSound: boolean }) {
  const [value, setValue] = useState<Json>({});
  const words =
    schema === undefined
      ? 'Without a schema any JSON is accepted, and it is typed as JSON.'
      : !isSound
        ? 'The form is shown again when the problems are gone.'
        : isFormSchema(schema)
          ? null
          : 'It names no fields, so the input is typed as JSON.';
  return (
    <section className="sd-preview" aria-label="Preview">
      <div className="label">Preview</div>
      {words === null && schema !== undefined ? (
        // Another schema is another attempt at drawing it.
        <FormBoundary key={JSON.stringify(schema)}>
          <Suspense fallback={<Skeleton height={120} />}>
            <SchemaForm id="schema-preview" label="Preview of the form" schema={schema} value={value} onChange={setValue} />
          </Suspense>
        </FormBoundary>
      ) : (
        <p className="t3">{words}</p>
      )}
    </section>
  );
}

/** The form library throws while drawing what it cannot make sense of; that must not take the dialog away. */
class FormBoundary extends Component<{ children: ReactNode }, { message: string | null }> {
  override state: { message: string | null } = { message: null };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? this.props.children : <p className="t3">{`This cannot be drawn as a form: ${message}`}</p>;
  }
}
