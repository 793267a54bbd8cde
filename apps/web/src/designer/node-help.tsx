import { describeCatalogue, type Duration, type GraphNode, type JsonObject, type NodeType, type RetryPolicy } from '@perdure/graph';
import { Fragment, useMemo } from 'react';
import { Button } from '../components/button.tsx';
import { JsonView } from '../components/json-view.tsx';

/** What the node reference says of the selected node's type: what it does, ports, output, fields, errors, an example. */
export function NodeHelp({
  node,
  type,
  refusal,
  onUseExample,
}: {
  node: GraphNode;
  type: NodeType;
  /** Why the example cannot be taken. */
  refusal: string | null;
  onUseExample(config: JsonObject): void;
}) {
  const about = useMemo(() => describeCatalogue().find(({ key }) => key === type.key), [type]);
  if (!about) return null;
  return (
    <article className="ds-help" aria-label={`About ${about.label}`}>
      <p>
        <Words text={about.docs.does} />
      </p>
      <section>
        <h3>Ports</h3>
        {about.isContainer ? <p>Owns the nodes inside it. Body leads to the first of them.</p> : null}
        <dl>
          {type.ports(node.config).map(({ id, label, kind }) => (
            <Fragment key={id}>
              <dt>{label}</dt>
              <dd>{portWords[kind]}</dd>
            </Fragment>
          ))}
        </dl>
        {type.ports(node.config).length === 0 ? <p>None: the way ends here.</p> : null}
      </section>
      <section>
        <h3>Output</h3>
        <p>
          <Words text={about.docs.output} />
        </p>
        <p className="s12 t3">
          In later steps: <code>steps.{node.id}.output</code>
        </p>
      </section>
      {about.fields.length > 0 ? (
        <section>
          <h3>Fields</h3>
          <dl>
            {about.fields.map(({ name, label, help, required, absent }) => (
              <Fragment key={name}>
                <dt>
                  {label} {required ? <span className="t3">required</span> : null}
                </dt>
                <dd>
                  {help ? <Words text={help} /> : null} {absent ? <span>Without it: {absent}</span> : null}
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ) : null}
      {about.isActivity ? (
        <section>
          <h3>Retry and timeout</h3>
          <p>{retryWords(about)}</p>
        </section>
      ) : null}
      {about.docs.errors.length > 0 ? (
        <section>
          <h3>Errors</h3>
          <dl>
            {about.docs.errors.map(({ code, when }) => (
              <Fragment key={code}>
                <dt>
                  <code>{code}</code>
                </dt>
                <dd>
                  <Words text={when} />
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ) : null}
      <section>
        <h3>Example</h3>
        <p>{about.docs.example.says}</p>
        <JsonView value={about.docs.example.config} />
        <Button refusal={refusal} onClick={() => onUseExample(about.docs.example.config)}>
          Use these settings
        </Button>
      </section>
    </article>
  );
}

const portWords = {
  normal: 'Taken when the step is done.',
  exceptional: 'Taken when it went wrong. Not connected, the failure goes to the scope around it, or fails the instance.',
  inner: 'Leads to the first node inside.',
};

function retryWords({ retry, timeout }: { retry: RetryPolicy | null; timeout: Duration | null }): string {
  const tries = retry
    ? `A new node is tried ${retry.maxNumberOfAttempts} times, with a first wait of ${retry.firstRetryInterval}. Without a policy it is tried once.`
    : 'Without a policy it is tried once.';
  return `${tries} ${timeout ? `An attempt may take ${timeout} unless the node says otherwise.` : 'An attempt may take any time unless the node says otherwise.'}`;
}

/** Text of the reference, in which backticks mark code. */
function Words({ text }: { text: string }) {
  return text.split('`').map((part, i) => {
    // Nothing is ever reordered: the text is a constant of the catalogue.
    const key = `${i}`;
    return i % 2 === 1 ? <code key={key}>{part}</code> : <Fragment key={key}>{part}</Fragment>;
  });
}
