import { subscriberOf } from "../kernel/network-address.ts";

/** Addresses remembered at once; a flood of others empties the memory. */
const addressesMax = 10_000;
const windowMs = 60_000;

/**
 * Counts, by address, what needs no key. In the isolate's memory: it protects the directory and the Access objects from a flood, and bills nobody. An IPv6 address counts as its /64.
 * Returns the seconds to wait, 0 while the address is within its requests a minute.
 */
export function countPerAddress(perMinute: number): (address: string, nowMs: number) => number {
  const counts = new Map<string, { startMs: number; count: number }>();
  return (given, nowMs) => {
    const address = subscriberOf(given);
    const known = counts.get(address);
    if (known === undefined || nowMs - known.startMs >= windowMs) {
      if (counts.size >= addressesMax) counts.clear();
      counts.set(address, { startMs: nowMs, count: 1 });
      return 0;
    }
    known.count += 1;
    return known.count <= perMinute ? 0 : Math.max(1, Math.ceil((known.startMs + windowMs - nowMs) / 1000));
  };
}
