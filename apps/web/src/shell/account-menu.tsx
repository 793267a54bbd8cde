import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSelector, IconSun } from '@tabler/icons-react';
import { signOut } from '../sign-in/session.ts';
import { toastError } from '../components/toast.tsx';
import { useMe } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';

const SCHEMES: { value: MantineColorScheme; label: string; icon: typeof IconSun }[] = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'Same as system', icon: IconDeviceDesktop },
];

export function AccountMenu({ open }: { open: boolean }) {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  if (!me.data) return null;
  const { name, email } = me.data.user;
  return (
    <div className="account">
      <Menu position="top-start" width={208}>
        <Menu.Target>
          <button type="button" className="plain">
            <span className="visually-hidden">{open ? 'Account' : `Account, ${name}`}</span>
            <Avatar name={name} size={open ? 'sm' : 'md'} />
            {open ? (
              <>
                <span className="s12 t2 b5 grow ell">{name}</span>
                <IconSelector className="ic t3" size={14} stroke={1.8} />
              </>
            ) : null}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{email}</Menu.Label>
          {SCHEMES.map(({ value, label, icon: Icon }) => (
            <Menu.Item
              key={value}
              role="menuitemradio"
              aria-checked={colorScheme === value}
              leftSection={<Icon className="ic" stroke={1.8} />}
              rightSection={colorScheme === value ? <IconCheck className="ic" stroke={1.8} /> : null}
              onClick={() => setColorScheme(value)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconLogout className="ic" stroke={1.8} />}
            onClick={() => {
              signOut().then(() => location.assign('/sign-in'), toastError);
            }}
          >
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
