import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSelector, IconSun, IconUser } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
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
  const navigate = useNavigate();
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
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(value) => setColorScheme(SCHEMES.find((scheme) => scheme.value === value)?.value ?? 'auto')}
          >
            {SCHEMES.map(({ value, label, icon: Icon }) => (
              <Menu.RadioItem key={value} value={value} closeMenuOnClick rightSection={<Icon className="ic" stroke={1.8} />}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item leftSection={<IconUser className="ic" stroke={1.8} />} onClick={() => void navigate({ to: '/settings/account' })}>
            My account
          </Menu.Item>
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
