import { IconBolt, IconDatabase, IconLink, IconServer2, IconTag } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Guide } from '@perdure/server/contract';
import { useConnection } from '../api/connection.ts';
import { useMe } from '../api/use-me.ts';
import { StatusIcon } from '../status/status-icon.tsx';

/** What this installation runs on. */
export function InstallationCard({ signInLink }: { signInLink: Guide['signInLink'] }) {
  const installation = useMe().data?.installation;
  const connected = useConnection(({ state }) => state === 'open');
  if (!installation) return null;
  return (
    <section className="card" aria-label="This installation">
      <div className="hd">
        <h2 className="grow">This installation</h2>
        <span className="status">
          <StatusIcon shape={connected ? 'completed' : 'pending'} />
          {connected ? 'Ready' : 'Not reached'}
        </span>
      </div>
      <dl>
        <Fact icon={<IconDatabase className="ic" size={14} stroke={1.8} />} label="Postgres">
          {installation.postgres}
        </Fact>
        <Fact icon={<IconBolt className="ic" size={14} stroke={1.8} />} label="Redis">
          {installation.redis}
        </Fact>
        <Fact icon={<IconServer2 className="ic" size={14} stroke={1.8} />} label={installation.workers === 1 ? 'Worker' : 'Workers'}>
          {installation.workers === 1 ? '1, in this process' : installation.workers}
        </Fact>
        {signInLink === null ? (
          <Fact icon={<IconTag className="ic" size={14} stroke={1.8} />} label="Version">
            {installation.version}
          </Fact>
        ) : (
          <Fact icon={<IconLink className="ic" size={14} stroke={1.8} />} label="Sign-in link">
            {signInLink === 'used' ? 'used, no longer valid' : 'printed at the start, not used yet'}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {icon}
        {label}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
