import type { Json } from '@perdure/graph';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonView } from '../components/json-view.tsx';

/** JSON with a title, to read and to copy. */
export function JsonBlock({ title, children }: { title: string; children: Json }) {
  return (
    <section className="io" aria-label={title}>
      <div className="ioh">
        <h3>{title}</h3>
        <span className="grow" />
        <CopyButton text={() => JSON.stringify(children, null, 2)} label={`Copy ${title.toLowerCase()}`} />
      </div>
      <div className="iob">
        <JsonView value={children} label={title} />
      </div>
    </section>
  );
}
