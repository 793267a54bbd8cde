import { Popover } from '@mantine/core';
import { useMe } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';
import { formatMomentShort } from '../components/moment.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';
import { usePresence } from './use-presence.ts';

const facesShown = 3;

/** Who else has the workflow open: faces beside the title, and everybody with where they are on a press. */
export function PresenceFaces() {
  const { key, model, stage } = useDesigner();
  const own = useDesignerValue((designer) => designer.model.selectedNode?.id ?? null);
  const people = usePresence(key, own);
  const me = useMe().data?.user.id;
  // Somebody may be at a node that this draft does not have.
  const find = (id: string | null) => model.document.nodes.find((node) => node.id === id);
  if (people.length === 0) return <span className="ds-presence" role="status" aria-label="Who else is here" />;
  const named = people.map((person) => ({ ...person, shown: person.userId === me ? 'You, in another tab' : person.name }));
  const [only] = named;
  const label =
    named.length > 1 || only === undefined
      ? `${named.length} others have this open`
      : only.userId === me
        ? 'Open in another tab of yours'
        : `${only.name} has this open`;
  return (
    <span className="ds-presence" role="status" aria-label="Who else is here">
      <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <button type="button" className="plain ds-faces" aria-label={label} title={label}>
            {named.slice(0, facesShown).map(({ visit, name }) => (
              <Avatar key={visit} name={name} size="sm" />
            ))}
            {named.length > facesShown ? <span className="num">+{named.length - facesShown}</span> : null}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <ul className="ds-present">
            {named.map(({ visit, name, shown, edits, since, node }) => {
              const at = find(node);
              return (
                <li key={visit}>
                  <Avatar name={name} size="sm" />
                  <span className="grow">
                    <span className="ell">{shown}</span>
                    <span className="s12 t3">
                      {edits ? 'Since' : 'Looks on since'} {formatMomentShort(since)}
                      {at === undefined ? null : (
                        <>
                          , at{' '}
                          <button
                            type="button"
                            className="plain lnk"
                            onClick={() => {
                              model.selectNode(at.id);
                              stage.reveal(model.document, at.id);
                            }}
                          >
                            {at.title}
                          </button>
                        </>
                      )}
                    </span>
                  </span>
                </li>
              );
            })}
          </ul>
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
