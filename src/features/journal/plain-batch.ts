/**
 * Reads plainly written batches from their text straight into columns: JSON.parse makes an object for each line, and with what is then made of them
 * that was a quarter of what a batch cost. Whatever is not surely plain is left to the parser and the schema, which tell the faults: an escape, a character
 * beyond printable ASCII, a field that few entries have, a bound passed. What is read here says what it would have said there.
 */
import {
  codeLengthMax,
  descriptionLengthMax,
  entriesPerBatchMax,
  externalIdLengthMax,
  linesPerBatchMax,
  linesPerEntryMax,
  linesPerEntryMin,
  referenceLengthMax,
} from "../../kernel/bounds.ts";
import { isCalendarDate } from "../../kernel/calendar-date.ts";
import { isUuid } from "../../kernel/id.ts";
import { amountMax } from "../../kernel/money.ts";
import {
  beginEntry,
  type ColumnWriter,
  columnWriter,
  type EncodedCommands,
  endEntry,
  finishColumns,
  writeLine,
} from "../../ledger/command-columns.ts";
import { refByCode, refByExternalId, refById } from "../../ledger/domain/command.ts";
import type { JournalBatchRequest } from "./schemas.ts";

/** A `JournalBatchRequest` with its entries as the ledger takes them. */
export interface PlainBatch extends Omit<JournalBatchRequest, "entries"> {
  readonly commands: EncodedCommands;
}

/** A text and how far it is read. Every `take…` skips white space, and takes what it is asked for or says that something else is there. */
interface Reading {
  readonly text: string;
  /** The text's characters: reading an array costs half of what asking a text does. */
  readonly bytes: Uint8Array;
  at: number;
  readonly writer: ColumnWriter;
  /** The refs and the dates of the writer as the text says them. */
  readonly refs: Familiar;
  readonly dates: Familiar;
}

/**
 * Texts that stood before, by where they stood first, in the order of their appearance: a table of hashes.
 * A Map would want each text made anew only to be looked up, which cost nearly half of the reading.
 */
interface Familiar {
  /** One more than the place of the text whose hash leads here, or than that of a text which found the slots before this one taken. */
  readonly slots: Int32Array;
  readonly from: number[];
  /** The key under which the text stood: a code and an id that say the same are two refs. */
  readonly keys: string[];
}

// The usual ones first: they are tried in this order.
const batchKeys = ["mode", "entries", "entityId", "ledgerId", "currency"] as const;
const entryKeys = ["date", "lines", "description", "externalId", "reference"] as const;
const lineKeys = ["accountCode", "side", "amount", "accountId", "accountExternalId"] as const;
const modes = ["atomic", "each"] as const;
const sides = ["debit", "credit"] as const;

const uuidLength = 36;
const dateLength = 10;
type AccountKey = Exclude<(typeof lineKeys)[number], "side" | "amount">;
const accountLengthMax = { accountCode: codeLengthMax, accountId: uuidLength, accountExternalId: externalIdLengthMax } as const;
/** Of the schema: a code of ISO 4217 or of a declared asset. */
const [currencyLengthMin, currencyLengthMax] = [3, 12];
/** 2^53 − 1 has 16 digits. */
const amountDigitsMax = 16;

/** No line is shorter; of a text's length it tells how many there can be. */
const lineTextMin = '{"accountId":"","side":"debit","amount":1}'.length;
/** Slots for each text that there can be, so that few are found taken. */
const slotsPerText = 4;
/** Texts made so that their hashes meet are left to the slow way: the seeds of its tables are secret. */
const probesMax = 32;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;
const lastPrintable = 0x7e;
const digitZero = 0x30;

const utf8 = new TextEncoder();

/** The batch that the text says, if it is plainly valid; undefined for any other text. */
export function readPlainBatch(text: string): PlainBatch | undefined {
  const bytes = new Uint8Array(text.length);
  // Only ASCII takes a byte a character.
  if (utf8.encodeInto(text, bytes).read !== text.length) return undefined;
  const linesMax = Math.min(text.length / lineTextMin, linesPerBatchMax);
  const reading: Reading = {
    text,
    bytes,
    at: 0,
    writer: columnWriter(),
    refs: familiar(linesMax),
    dates: familiar(linesMax / linesPerEntryMin),
  };
  let mode: PlainBatch["mode"] | undefined;
  let hasEntries = false;
  let entityId: string | undefined;
  let ledgerId: string | undefined;
  let currency: string | undefined;
  if (!take(reading, openBrace)) return undefined;
  do {
    const key = takeOneOf(reading, batchKeys);
    if (key === undefined || !take(reading, colon)) return undefined;
    // A key that is there twice is the parser's to judge.
    switch (key) {
      case "mode":
        if (mode !== undefined) return undefined;
        mode = takeOneOf(reading, modes);
        if (mode === undefined) return undefined;
        break;
      case "entries":
        if (hasEntries || !takeEntries(reading)) return undefined;
        hasEntries = true;
        break;
      case "entityId":
        if (entityId !== undefined) return undefined;
        entityId = takeId(reading);
        if (entityId === undefined) return undefined;
        break;
      case "ledgerId":
        if (ledgerId !== undefined) return undefined;
        ledgerId = takeId(reading);
        if (ledgerId === undefined) return undefined;
        break;
      case "currency":
        if (currency !== undefined) return undefined;
        currency = takeText(reading, currencyLengthMax);
        if (currency === undefined || currency.length < currencyLengthMin) return undefined;
        break;
    }
  } while (take(reading, comma));
  if (!take(reading, closeBrace) || mode === undefined || !hasEntries) return undefined;
  skipSpace(reading);
  if (reading.at < text.length) return undefined;
  return {
    mode,
    ...(entityId !== undefined && { entityId: copyOf(entityId) }),
    ...(ledgerId !== undefined && { ledgerId: copyOf(ledgerId) }),
    ...(currency !== undefined && { currency: copyOf(currency) }),
    commands: finishColumns(reading.writer),
  };
}

/** The same text with nothing behind it: a slice would hold the whole body wherever the id is kept. Only for texts that JSON writes as they are. */
function copyOf(plain: string): string {
  return String(JSON.parse(`"${plain}"`));
}

function takeEntries(reading: Reading): boolean {
  if (!take(reading, openBracket)) return false;
  const { writer } = reading;
  do {
    if (writer.commandCount >= entriesPerBatchMax || !takeEntry(reading) || writer.lineCount > linesPerBatchMax) return false;
  } while (take(reading, comma));
  return take(reading, closeBracket);
}

function takeEntry(reading: Reading): boolean {
  let date: number | undefined;
  let description: string | undefined;
  let reference: string | undefined;
  let externalId: string | undefined;
  let hasLines = false;
  if (!take(reading, openBrace)) return false;
  beginEntry(reading.writer);
  do {
    const key = takeOneOf(reading, entryKeys);
    if (key === undefined || !take(reading, colon)) return false;
    switch (key) {
      case "date":
        if (date !== undefined) return false;
        date = takeDate(reading);
        if (date === undefined) return false;
        break;
      case "description":
        if (description !== undefined) return false;
        description = takeText(reading, descriptionLengthMax);
        if (description === undefined) return false;
        break;
      case "reference":
        if (reference !== undefined) return false;
        reference = takeLineOfText(reading, referenceLengthMax);
        if (reference === undefined) return false;
        break;
      case "externalId":
        if (externalId !== undefined) return false;
        externalId = takeLineOfText(reading, externalIdLengthMax);
        if (externalId === undefined) return false;
        break;
      case "lines":
        if (hasLines || !takeLines(reading)) return false;
        hasLines = true;
        break;
    }
  } while (take(reading, comma));
  if (!take(reading, closeBrace) || date === undefined || !hasLines) return false;
  endEntry(reading.writer, date, description, reference, externalId);
  return true;
}

function takeLines(reading: Reading): boolean {
  if (!take(reading, openBracket)) return false;
  let count = 0;
  do {
    if (count >= linesPerEntryMax || !takeLine(reading)) return false;
    count += 1;
  } while (take(reading, comma));
  return count >= linesPerEntryMin && take(reading, closeBracket);
}

function takeLine(reading: Reading): boolean {
  let account: number | undefined;
  let side: (typeof sides)[number] | undefined;
  let amount: number | undefined;
  if (!take(reading, openBrace)) return false;
  do {
    const key = takeOneOf(reading, lineKeys);
    if (key === undefined || !take(reading, colon)) return false;
    switch (key) {
      case "side":
        if (side !== undefined) return false;
        side = takeOneOf(reading, sides);
        if (side === undefined) return false;
        break;
      case "amount":
        if (amount !== undefined) return false;
        amount = takeAmount(reading);
        if (amount === undefined) return false;
        break;
      default:
        // One of the three, and that once.
        if (account !== undefined) return false;
        account = takeAccount(reading, key);
        if (account === undefined) return false;
    }
  } while (take(reading, comma));
  if (!take(reading, closeBrace) || account === undefined || side === undefined || amount === undefined) return false;
  writeLine(reading.writer, account, side, amount);
  return true;
}

function takeDate(reading: Reading): number | undefined {
  const { dates } = reading.writer;
  const place = takeFamiliar(reading, reading.dates, "date", dateLength);
  if (place !== dates.length) return place;
  // Kept by the calendar: too short a text for V8 to make a slice of, which would hold the whole body.
  const date = lastTaken(reading, reading.dates);
  if (!isCalendarDate(date)) return undefined;
  dates.push(date);
  return place;
}

function takeAccount(reading: Reading, key: AccountKey): number | undefined {
  const { refs } = reading.writer;
  const place = takeFamiliar(reading, reading.refs, key, accountLengthMax[key]);
  if (place !== refs.length) return place;
  const name = lastTaken(reading, reading.refs);
  switch (key) {
    case "accountCode":
      if (!isLineOfText(name)) return undefined;
      refs.push(refByCode(name));
      return place;
    case "accountId":
      if (!isUuid(name)) return undefined;
      refs.push(refById(name));
      return place;
    case "accountExternalId":
      if (!isLineOfText(name)) return undefined;
      refs.push(refByExternalId(name));
      return place;
  }
}

function takeId(reading: Reading): string | undefined {
  const id = takeText(reading, uuidLength);
  return id !== undefined && isUuid(id) ? id : undefined;
}

function familiar(textsMax: number): Familiar {
  return { slots: new Int32Array(2 ** Math.ceil(Math.log2(textsMax * slotsPerText + 1))), from: [], keys: [] };
}

/** Takes a text and answers its place among the familiar ones, or the next place where it is new. */
function takeFamiliar(reading: Reading, { slots, from, keys }: Familiar, key: string, lengthMax: number): number | undefined {
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
function lastTaken(reading: Reading, { from }: Familiar): string {
  return reading.text.slice(from.at(-1), reading.at - 1);
}

/** Takes one character, or says that another is there. */
function take(reading: Reading, code: number): boolean {
  const { bytes, at } = reading;
  if (bytes[at] !== code) return takeAfterSpace(reading, code);
  reading.at = at + 1;
  return true;
}

function takeAfterSpace(reading: Reading, code: number): boolean {
  skipSpace(reading);
  if (reading.bytes[reading.at] !== code) return false;
  reading.at += 1;
  return true;
}

/** White space (RFC 8259 §2). */
function skipSpace(reading: Reading): void {
  const { bytes } = reading;
  let { at } = reading;
  for (; at < bytes.length; at++) {
    const code = bytes[at];
    if (code !== space && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  reading.at = at;
}

/** Takes a text that is one of a few, without making it. */
function takeOneOf<T extends string>(reading: Reading, few: readonly T[]): T | undefined {
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
function takeText(reading: Reading, lengthMax: number): string | undefined {
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

function takeLineOfText(reading: Reading, lengthMax: number): string | undefined {
  const text = takeText(reading, lengthMax);
  return text !== undefined && isLineOfText(text) ? text : undefined;
}

/** Whether the text is not empty and trimming would not change it. */
function isLineOfText(text: string): boolean {
  return text.length > 0 && text.charCodeAt(0) !== space && text.charCodeAt(text.length - 1) !== space;
}

/** Takes a number from 1 to 2^53 − 1, written in digits alone. */
function takeAmount(reading: Reading): number | undefined {
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
