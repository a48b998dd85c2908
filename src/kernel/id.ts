/**
 * Ids are UUIDs (RFC 9562). Rows of a database use version 7. What lives in a ledger uses version 8, which carries its own address:
 * 48 bits of Unix milliseconds, 32 bits of ledger number, 1 bit of kind, 41 bits of the sequence of the fact that created it.
 */

/** `entry` also names drafts and accounts: whatever a fact other than a hold created. */
export type AddressKind = "entry" | "hold";

export interface LedgerAddress {
  readonly atMs: number;
  readonly ledgerNumber: number;
  readonly kind: AddressKind;
  readonly sequence: number;
}

export const sequenceMax = 2 ** 41 - 1;
export const ledgerNumberMax = 2 ** 32 - 1;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in the lower-case form in which ids are given out. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** A UUID without its hyphens, as keys and tokens contain it. */
export function compactId(id: string): string {
  return id.replaceAll("-", "");
}

/** The UUID of 32 hexadecimal digits. */
export function readCompactId(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/**
 * The UUIDv8 of an address.
 * Layout: 48 bits ms | version 8 | ledger bits 31–20 | variant 10, ledger bits 19–0 (20), kind (1), sequence (41).
 * Written in pieces below 2^53, because JavaScript's bit operators stop at 32.
 */
export function encodeAddress(address: LedgerAddress): string {
  return addressesOf(address.atMs, address.ledgerNumber, address.kind).whole(address.sequence);
}

/** The ids of what one commit of a ledger creates, by sequence; whole, and in two parts, because all but the last digits are the same. */
export interface Addresses {
  readonly whole: (sequence: number) => string;
  readonly beginning: (sequence: number) => string;
  readonly end: (sequence: number) => string;
}

export function addressesOf(atMs: number, ledgerNumber: number, kind: AddressKind): Addresses {
  const time = hex(atMs, 12);
  const ledgerHigh = Math.floor(ledgerNumber / 2 ** 20);
  const ledgerLow = ledgerNumber % 2 ** 20;
  const kindBit = kind === "hold" ? 1 : 0;
  // The 62 bits after the variant: 20 ledger, 1 kind, 41 sequence. First group: variant (2) + the top 14 of the ledger's 20 bits.
  const group = 0x8000 + Math.floor(ledgerLow / 2 ** 6);
  // Last group, 48 bits: the ledger's last 6, kind, 41 of sequence.
  const last = (ledgerLow % 2 ** 6) * 2 ** 42 + kindBit * 2 ** 41;
  const head = `${time.slice(0, 8)}-${time.slice(8)}-8${hex(ledgerHigh, 3)}-${hex(group, 4)}-`;
  let known = { high: -1, text: "" };
  const beginning = (sequence: number): string => {
    const high = Math.floor((last + sequence) / endSpan);
    if (high !== known.high) known = { high, text: head + hex(high, 6) };
    return known.text;
  };
  const end = (sequence: number): string => {
    const low = (last + sequence) % endSpan;
    return threeDigits(Math.floor(low / 2 ** 12)) + threeDigits(low % 2 ** 12);
  };
  return { whole: (sequence) => beginning(sequence) + end(sequence), beginning, end };
}

/** What the last six hexadecimal digits of an id count. */
const endSpan = 2 ** 24;

const threeDigitTexts: string[] = [];

/** Three hexadecimal digits, made once: V8 writes numbers in other bases than ten digit by digit, and ids are written by the thousand. */
function threeDigits(value: number): string {
  if (threeDigitTexts.length === 0) for (let i = 0; i < 2 ** 12; i++) threeDigitTexts.push(hex(i, 3));
  return threeDigitTexts[value] ?? hex(value, 3);
}

/** The address inside a UUIDv8 of this layout; undefined for any other text. The whole id is still to be compared with what is stored. */
export function decodeAddress(id: string): LedgerAddress | undefined {
  if (!isUuid(id) || id[14] !== "8") return undefined;
  const atMs = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  const ledgerHigh = Number.parseInt(id.slice(15, 18), 16);
  const group = Number.parseInt(id.slice(19, 23), 16) - 0x8000;
  const last = Number.parseInt(id.slice(24), 16);
  const ledgerLow = group * 2 ** 6 + Math.floor(last / 2 ** 42);
  const rest = last % 2 ** 42;
  return {
    atMs,
    ledgerNumber: ledgerHigh * 2 ** 20 + ledgerLow,
    kind: rest >= 2 ** 41 ? "hold" : "entry",
    sequence: rest % 2 ** 41,
  };
}

/** A UUIDv7 (RFC 9562 §5.7) from a time and 10 random bytes: 12 + 62 of their 80 bits are used. */
export function uuidV7(atMs: number, random: Uint8Array): string {
  const time = hex(atMs, 12);
  const bits = Array.from(random, (byte) => hex(byte, 2))
    .join("")
    .padEnd(20, "0");
  const variant = (Number.parseInt(bits.slice(3, 4), 16) & 0x3) | 0x8;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-${hex(variant, 1)}${bits.slice(4, 7)}-${bits.slice(7, 19)}`;
}
