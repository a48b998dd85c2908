/** Longer than any address: what is none is cut here. */
const textLengthMax = 64;

/**
 * What one subscriber of a network has, and can choose addresses from: the /24 of an IPv4 address, the /64 of an IPv6 address (RFC 6177 §2).
 * An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2) is the IPv4 address. What is no address stands for itself.
 */
export function networkOf(address: string): string {
  const groups = groupsOf(address);
  const ipv4 = groups === undefined ? bytesOf(address) : mappedIpv4(groups);
  if (ipv4 !== undefined) return `${ipv4.slice(0, 3).join(".")}.0/24`;
  return groups === undefined ? address.slice(0, textLengthMax) : networkOfGroups(groups);
}

/** The address itself where it is an IPv4 one, and the /64 of an IPv6 address: whoever has one of those has all of them. */
export function subscriberOf(address: string): string {
  // Most addresses are IPv4: they have no colon.
  if (!address.includes(":")) return address.slice(0, textLengthMax);
  const groups = groupsOf(address);
  if (groups === undefined) return address.slice(0, textLengthMax);
  return mappedIpv4(groups)?.join(".") ?? networkOfGroups(groups);
}

function networkOfGroups(groups: readonly number[]): string {
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(":")}::/64`;
}

/** The bytes of the IPv4 address that an IPv6 address stands for. */
function mappedIpv4(groups: readonly number[]): number[] | undefined {
  const [a = 0, b = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? [a >> 8, a & 0xff, b >> 8, b & 0xff] : undefined;
}

function bytesOf(text: string): number[] | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The eight groups of an IPv6 address in any of its text forms (RFC 4291 §2.2), without a zone. */
function groupsOf(text: string): number[] | undefined {
  if (text.length > textLengthMax || !text.includes(":")) return undefined;
  const [head = "", tail, ...more] = text.toLowerCase().split("::");
  if (more.length > 0) return undefined;
  const [before, after] = [groupsIn(head), tail === undefined ? [] : groupsIn(tail)];
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

function groupsIn(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const ipv4 = i === parts.length - 1 ? bytesOf(part) : undefined;
    if (ipv4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
