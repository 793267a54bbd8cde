import { Menu, Tooltip } from '@mantine/core';
import { Fragment } from 'react';
import { refusalOf, titleOf, type Command } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { keyNames } from './commands/shortcut.ts';
import './commands/commands.css';
import type { DesignerScreen } from './designer-screen.ts';
import { useFocusBack } from './use-focus-back.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

/** What can be done with what the menu was opened on, from the registry. What cannot be done just now is listed with the reason. */
export function ContextMenu() {
  const menu = useDesignerValue(({ screen }) => screen.getState().menu);
  return menu ? <OpenMenu menu={menu} /> : null;
}

function OpenMenu({ menu }: { menu: NonNullable<DesignerScreen['menu']> }) {
  const designer = useDesigner();
  useFocusBack();
  const close = (): void => designer.screen.setState({ menu: null });
  const fitting = commands.filter((command) => command.menu?.includes(menu.place));
  return (
    <Menu
      opened
      onChange={(opened) => {
        if (!opened) close();
      }}
      position="bottom-start"
      offset={2}
      width={248}
      transitionProps={{ duration: 0 }}
      trapFocus
    >
      <Menu.Target>
        {/* Only a place to hang the menu on. */}
        <button
          type="button"
          tabIndex={-1}
          aria-label="Menu"
          className="ds-menu-anchor"
          style={{ left: menu.client.x, top: menu.client.y }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label="Actions">
        {fitting.map((command, i) => (
          <Fragment key={command.id}>
            {i > 0 && fitting[i - 1]?.group !== command.group ? <Menu.Divider /> : null}
            <CommandItem
              command={command}
              refusal={refusalOf(command, designer)}
              title={titleOf(command, designer)}
              onPick={() => {
                close();
                // After the menu has given the focus back: the command may put it elsewhere.
                requestAnimationFrame(() => command.run(designer, menu));
              }}
            />
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CommandItem({ command, title, refusal, onPick }: { command: Command; title: string; refusal: string | null; onPick(): void }) {
  const [key] = command.keys ?? [];
  const item = (
    <Menu.Item
      {...(refusal !== null && { 'aria-disabled': true, className: 'ds-menu-refused' })}
      {...(command.id === 'edit.delete' && refusal === null && { color: 'var(--failed)' })}
      closeMenuOnClick={refusal === null}
      onClick={() => {
        if (refusal === null) onPick();
      }}
      rightSection={
        key === undefined ? null : (
          <span className="row g4" aria-hidden="true">
            {keyNames(key).map((name) => (
              <span key={name} className="kbd">
                {name}
              </span>
            ))}
          </span>
        )
      }
    >
      {title}
    </Menu.Item>
  );
  return refusal === null ? (
    item
  ) : (
    <Tooltip label={refusal} position="right">
      {item}
    </Tooltip>
  );
}
