import { Drawer } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { create } from 'zustand';
import { Rail } from './rail.tsx';

const useRailDrawer = create<{ opened: boolean }>(() => ({ opened: false }));

/** At phone width the rail has no room beside the page: this button in the top bar opens it over the page. */
export function RailDrawerButton() {
  return (
    <button
      type="button"
      className="btn ghost icon rail-drawer-button"
      aria-label="Menu"
      onClick={() => useRailDrawer.setState({ opened: true })}
    >
      <IconMenu2 className="ic" stroke={1.8} />
    </button>
  );
}

export function RailDrawer() {
  const { opened } = useRailDrawer();
  const { pathname } = useLocation();
  const close = () => useRailDrawer.setState({ opened: false });
  useEffect(close, [pathname]);
  return (
    <Drawer.Root opened={opened} onClose={close} size={264} padding={0} classNames={{ body: 'rail-drawer' }}>
      <Drawer.Overlay />
      {/* The name belongs on what has the role of a dialog; on the closed drawer's root it would be on nothing. */}
      <Drawer.Content aria-label="Menu">
        <Drawer.Body>
          <Rail open />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
