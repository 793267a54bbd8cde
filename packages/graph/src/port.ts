import type { PortId } from './ids.ts';

/**
 * Where tokens leave a node. `normal` ports are at the bottom, `exceptional` ones (error, overdue, timeout, catches) at the right;
 * an `inner` port leads into a container's own content.
 */
export interface Port {
  id: PortId;
  label: string;
  kind: 'normal' | 'exceptional' | 'inner';
}
