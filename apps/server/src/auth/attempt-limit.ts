/** Counts failed attempts per address in a sliding minute. Bounded: when full, the oldest address is forgotten. */
export interface AttemptLimit {
  isBlocked(address: string): boolean;
  failed(address: string): void;
}

export function createAttemptLimit(options: { attempts: number; windowMs: number; addresses?: number; now?: () => number }): AttemptLimit {
  const { attempts, windowMs, addresses = 10_000, now = () => performance.now() } = options;
  const failures = new Map<string, number[]>();
  const recent = (address: string): number[] => (failures.get(address) ?? []).filter((at) => at > now() - windowMs);
  return {
    isBlocked: (address) => recent(address).length >= attempts,
    failed(address) {
      const list = [...recent(address), now()].slice(-attempts);
      failures.delete(address);
      failures.set(address, list);
      if (failures.size > addresses) {
        const [oldest] = failures.keys();
        if (oldest !== undefined) failures.delete(oldest);
      }
    },
  };
}
