import {
  IconBan,
  IconBinaryTree2,
  IconBoxMargin,
  IconLayoutAlignBottom,
  IconLayoutAlignCenter,
  IconLayoutAlignLeft,
  IconLayoutAlignMiddle,
  IconLayoutAlignRight,
  IconLayoutAlignTop,
  IconLayoutDistributeHorizontal,
  IconLayoutDistributeVertical,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { Fragment } from 'react';
import { Button } from '../components/button.tsx';
import { useCommand } from './commands/use-command.ts';
import { useDesignerValue } from './use-designer.ts';

const actions: readonly (readonly [string, Icon])[][] = [
  [
    ['arrange.align-left', IconLayoutAlignLeft],
    // Tabler names the line that things are put on: a vertical line for centres is its "center".
    ['arrange.align-centre', IconLayoutAlignCenter],
    ['arrange.align-right', IconLayoutAlignRight],
  ],
  [
    ['arrange.align-top', IconLayoutAlignTop],
    ['arrange.align-middle', IconLayoutAlignMiddle],
    ['arrange.align-bottom', IconLayoutAlignBottom],
  ],
  [
    ['arrange.distribute-horizontally', IconLayoutDistributeVertical],
    ['arrange.distribute-vertically', IconLayoutDistributeHorizontal],
  ],
  [
    ['arrange.tidy-selection', IconBinaryTree2],
    ['arrange.group', IconBoxMargin],
    ['node.disable', IconBan],
    ['edit.delete', IconTrash],
  ],
];

/** Over the canvas while several nodes are selected: what can be done with all of them. */
export function SelectionBar() {
  const count = useDesignerValue(({ model: { selection } }) => selection.nodes.size + (selection.notes?.size ?? 0));
  if (count < 2) return null;
  return (
    <div className="ds-selection-bar" role="toolbar" aria-label="Selection">
      <span className="ds-selection-count num">{`${count} selected`}</span>
      {actions.map((group) => (
        <Fragment key={group[0]?.[0]}>
          <span className="divider" />
          {group.map(([id, shape]) => (
            <CommandButton key={id} id={id} shape={shape} />
          ))}
        </Fragment>
      ))}
    </div>
  );
}

function CommandButton({ id, shape: Shape }: { id: string; shape: Icon }) {
  const { title, refusal, run } = useCommand(id);
  return (
    <Button
      look="ghost"
      size="sm"
      icon={<Shape className="ic" stroke={1.8} aria-hidden="true" />}
      aria-label={title.replace(/…$/, '')}
      refusal={refusal}
      onClick={run}
    />
  );
}
