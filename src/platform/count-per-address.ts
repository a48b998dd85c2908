import { subscriberOf } from "../kernel/network-address.ts";
import { ownText } from "./own-text.ts";

/** Addresses remembered at once; a flood of others empties the memory. */
const addressesMax = 10_000;
const windowMs = 60_000;

export interface AddressCount {
  /** Counts one more of the address. Returns the seconds to wait, 0 while it is within its requests a minute. */
  (address: string, nowMs: number): number;
  /** Takes one back that was counted and turned out not to be what is counted. */
  readonly uncount: (address: string) => void;
}

/**
 * Counts, by address, what needs no key. In the isolate's memory: it protects the directory and the Access objects from a flood, and bills nobody. An IPv6 address counts as its /64.
 */
export function countPerAddress(perMinute: number): AddressCount {
  const counts = new Map<string, { startMs: number; count: number }>();
  const count = (given: string, nowMs: number): number => {
    const address = subscriberOf(given);
    const known = counts.get(address);
    // A minute that began later than now was counted by a clock that was ahead, and would not end.
    if (known === undefined || Math.abs(nowMs - known.startMs) >= windowMs) {
      if (counts.size >= addressesMax) counts.clear();
      counts.set(ownText(address), { startMs: nowMs, count: 1 });
      return 0;
    }
    known.count += 1;
    return known.count <= perMinute ? 0 : Math.max(1, Math.ceil((known.startMs + windowMs - nowMs) / 1000));
  };
  const uncount = (given: string): void => {
    const known = counts.get(subscriberOf(given));
    if (known !== undefined && known.count > 0) known.count -= 1;
  };
  return Object.assign(count, { uncount });
}
