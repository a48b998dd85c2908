/**
 * Takes the parts of plainly written JSON from its text. Every `take…` skips white space, and takes what it is asked for or says that something else is there.
 */
import { amountMax } from "../../../kernel/money.ts";

/** A text and how far it is read. */
export interface PlainText {
  readonly text: string;
  /** The text's characters: reading an array costs half of what asking a text does. */
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * Texts that stood before, by where they stood first, in the order of their appearance: a table of hashes.
 * A Map would need each text created only to be looked up, which cost nearly half of the reading.
 */
export interface Familiar {
  /** One more than the place of the text whose hash leads here, or than that of a text which found the slots before this one taken. */
  readonly slots: Int32Array;
  readonly from: number[];
  /** The key under which the text stood: a code and an id that say the same are two refs. */
  readonly keys: string[];
}

/** 2^53 − 1 has 16 digits. */
const amountDigitsMax = 16;

/** Slots for each text that there can be, so that few are found taken. */
const slotsPerText = 4;
/** Texts made so that their hashes meet are left to the slow way: the seeds of its tables are secret. */
const probesMax = 32;

const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
const space = 0x20;
const lastPrintable = 0x7e;
const digitZero = 0x30;

export function familiar(textsMax: number): Familiar {
  return { slots: new Int32Array(2 ** Math.ceil(Math.log2(textsMax * slotsPerText + 1))), from: [], keys: [] };
}

/** Takes a text and answers its place among the familiar ones, or the next place where it is new. */
export function takeFamiliar(reading: PlainText, { slots, from, keys }: Familiar, key: string, lengthMax: number): number | undefined {
  if (!take(reading, quote)) return undefined;
  const { bytes, at } = reading;
  const last = Math.min(at + lengthMax, bytes.length - 1);
  // FNV-1a. What is read of the arrays below is there: `end` stays within the text, a slot within the table, and a place that was given has its text.
  let hash = 0x811c9dc5;
  let end = at;
  for (; ; end++) {
    if (end > last) return undefined;
    const code = bytes[end] as number;
    if (code === quote) break;
    if (code < space || code > lastPrintable || code === backslash) return undefined;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  reading.at = end + 1;
  hash ^= hash >>> 15;
  for (let probe = 0; probe < probesMax; probe++) {
    const slot = (hash + probe) & (slots.length - 1);
    const place = (slots[slot] as number) - 1;
    if (place === -1) {
      slots[slot] = from.push(at);
      keys.push(key);
      return from.length - 1;
    }
    if (keys[place] !== key) continue;
    // The quote at the end of one ends the other too, or they differ there.
    const first = from[place] as number;
    let same = 0;
    while (at + same <= end && bytes[first + same] === bytes[at + same]) same++;
    if (at + same > end) return place;
  }
  return undefined;
}

/** The text that was taken as a new one. */
export function lastTaken(reading: PlainText, { from }: Familiar): string {
  return reading.text.slice(from.at(-1), reading.at - 1);
}

/** Takes one character, or says that another is there. */
export function take(reading: PlainText, code: number): boolean {
  const { bytes, at } = reading;
  if (bytes[at] !== code) return takeAfterSpace(reading, code);
  reading.at = at + 1;
  return true;
}

function takeAfterSpace(reading: PlainText, code: number): boolean {
  skipSpace(reading);
  if (reading.bytes[reading.at] !== code) return false;
  reading.at += 1;
  return true;
}

/** White space (RFC 8259 §2). */
export function skipSpace(reading: PlainText): void {
  const { bytes } = reading;
  let { at } = reading;
  for (; at < bytes.length; at++) {
    const code = bytes[at];
    if (code !== space && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  reading.at = at;
}

/** Takes a text that is one of a few, without making it. */
export function takeOneOf<T extends string>(reading: PlainText, few: readonly T[]): T | undefined {
  if (!take(reading, quote)) return undefined;
  const { bytes, at } = reading;
  for (const one of few) {
    const end = at + one.length;
    if (bytes[end] !== quote) continue;
    let same = 0;
    while (same < one.length && bytes[at + same] === one.charCodeAt(same)) same++;
    if (same < one.length) continue;
    reading.at = end + 1;
    return one;
  }
  return undefined;
}

/** Takes a text of printable ASCII without escapes. */
export function takeText(reading: PlainText, lengthMax: number): string | undefined {
  if (!take(reading, quote)) return undefined;
  const { bytes, at } = reading;
  const last = Math.min(at + lengthMax, bytes.length - 1);
  for (let end = at; end <= last; end++) {
    // Within the text, as `last` is.
    const code = bytes[end] as number;
    if (code === quote) {
      reading.at = end + 1;
      return reading.text.slice(at, end);
    }
    if (code < space || code > lastPrintable || code === backslash) return undefined;
  }
  return undefined;
}

export function takeLineOfText(reading: PlainText, lengthMax: number): string | undefined {
  const text = takeText(reading, lengthMax);
  return text !== undefined && isLineOfText(text) ? text : undefined;
}

/** Whether the text is not empty and trimming would not change it. */
export function isLineOfText(text: string): boolean {
  return text.length > 0 && text.charCodeAt(0) !== space && text.charCodeAt(text.length - 1) !== space;
}

/** Takes a number from 1 to 2^53 − 1, written in digits alone. */
export function takeAmount(reading: PlainText): number | undefined {
  skipSpace(reading);
  const { bytes, at: from } = reading;
  const last = Math.min(from + amountDigitsMax, bytes.length);
  let amount = 0;
  let at = from;
  for (; at < last; at++) {
    // Within the text, as `last` is.
    const digit = (bytes[at] as number) - digitZero;
    if (digit < 0 || digit > 9) break;
    amount = amount * 10 + digit;
    // A zero, or one that leads: the rest of it is no number of JSON's.
    if (amount === 0) return undefined;
  }
  reading.at = at;
  // Sixteen digits are rounded from 2^53 on, and never to below it.
  return at > from && amount <= amountMax ? amount : undefined;
}
