import {
  IconAntenna,
  IconArrowsJoin2,
  IconArrowsSplit2,
  IconBox,
  IconBoxMargin,
  IconBroadcast,
  IconCalendarTime,
  IconCircleX,
  IconClock,
  IconCode,
  IconDatabase,
  IconDatabaseCog,
  IconFlag,
  IconGitBranch,
  IconHandClick,
  IconMail,
  IconPlayerPlay,
  IconRepeat,
  IconRotateClockwise,
  IconSend,
  IconServerBolt,
  IconShieldHalf,
  IconSitemap,
  IconSquareRounded,
  IconTransform,
  IconUserCheck,
  IconVariable,
  IconWebhook,
  IconWorldUpload,
  type Icon,
} from '@tabler/icons-react';
import type { ChipStyle, NodeType } from '@perdure/graph';

/** The catalogue names icons by their Tabler names; only these are bundled. */
const icons: Record<string, Icon> = {
  antenna: IconAntenna,
  'arrows-join-2': IconArrowsJoin2,
  'arrows-split-2': IconArrowsSplit2,
  'box-margin': IconBoxMargin,
  broadcast: IconBroadcast,
  'calendar-time': IconCalendarTime,
  'circle-x': IconCircleX,
  clock: IconClock,
  code: IconCode,
  database: IconDatabase,
  'database-cog': IconDatabaseCog,
  flag: IconFlag,
  'git-branch': IconGitBranch,
  'hand-click': IconHandClick,
  mail: IconMail,
  'player-play': IconPlayerPlay,
  repeat: IconRepeat,
  'rotate-clockwise': IconRotateClockwise,
  send: IconSend,
  'server-bolt': IconServerBolt,
  'shield-half': IconShieldHalf,
  sitemap: IconSitemap,
  'square-rounded': IconSquareRounded,
  transform: IconTransform,
  'user-check': IconUserCheck,
  variable: IconVariable,
  webhook: IconWebhook,
  'world-upload': IconWorldUpload,
};

/** Split and join are drawn for graphs that run sideways; ours run downward. */
const turned = new Set(['arrows-join-2', 'arrows-split-2']);

export function NodeIcon({ name, size = 16 }: { name: string | undefined; size?: number }) {
  const Shape = icons[name ?? ''] ?? IconBox;
  return (
    <Shape
      className="ic"
      size={size}
      stroke={1.8}
      aria-hidden="true"
      {...(name !== undefined && turned.has(name) && { style: { transform: 'rotate(90deg)' } })}
    />
  );
}

const chipClass: Record<ChipStyle, string> = { solid: 'trigger', square: '', round: 'wait', accent: 'people', outlined: 'flow-c' };

export function NodeChip({ type, small = false }: { type: NodeType | undefined; small?: boolean }) {
  return (
    <span className={`chip ${type ? chipClass[type.chip] : ''} ${small ? 'sm' : ''}`}>
      <NodeIcon name={type?.icon} size={small ? 13 : 16} />
    </span>
  );
}
