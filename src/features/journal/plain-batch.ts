/**
 * Reads plainly written batches from their text straight into columns: JSON.parse makes an object for each line, and with what is then made of them
 * that is half of what a batch costs. Whatever is not surely plain is left to the parser and the schema, which tell the faults: an escape, a character
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
  placeOfRef,
  writeLine,
} from "../../ledger/command-columns.ts";
import { type AccountRef, refByCode, refByExternalId, refById } from "../../ledger/domain/command.ts";
import type { JournalBatchRequest } from "./schemas.ts";

/** A `JournalBatchRequest` with its entries as the ledger takes them. */
export interface PlainBatch extends Omit<JournalBatchRequest, "entries"> {
  readonly commands: EncodedCommands;
}

/** A text and how far it is read. Every `take…` skips white space, and takes what it is asked for or says that something else is there. */
interface Reading {
  readonly text: string;
  at: number;
  readonly writer: ColumnWriter;
  /** The places of refs by what the lines say: a known account costs one look-up and no text put together. */
  readonly codes: Map<string, number>;
  readonly ids: Map<string, number>;
  readonly externalIds: Map<string, number>;
}

// The usual ones first: they are tried in this order.
const batchKeys = ["mode", "entries", "entityId", "ledgerId", "currency"] as const;
const entryKeys = ["date", "lines", "description", "externalId", "reference"] as const;
const lineKeys = ["accountCode", "side", "amount", "accountId", "accountExternalId"] as const;
const modes = ["atomic", "each"] as const;
const sides = ["debit", "credit"] as const;

const uuidLength = 36;
const dateLength = 10;
/** Of the schema: a code of ISO 4217 or of a declared asset. */
const [currencyLengthMin, currencyLengthMax] = [3, 12];
/** 2^53 − 1 has 16 digits. */
const amountDigitsMax = 16;

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

/** The batch that the text says, if it is plainly valid; undefined for any other text. */
export function readPlainBatch(text: string): PlainBatch | undefined {
  const reading: Reading = { text, at: 0, writer: columnWriter(), codes: new Map(), ids: new Map(), externalIds: new Map() };
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
  if (!take(reading, closeBrace) || afterSpace(text, reading.at) !== text.length) return undefined;
  if (mode === undefined || !hasEntries) return undefined;
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
  let date: string | undefined;
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
        date = takeText(reading, dateLength);
        if (date === undefined || !(reading.writer.dates.has(date) || isCalendarDate(date))) return false;
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

function takeAccount(reading: Reading, key: Exclude<(typeof lineKeys)[number], "side" | "amount">): number | undefined {
  switch (key) {
    case "accountCode":
      return placeOf(reading, reading.codes, takeLineOfText(reading, codeLengthMax), refByCode);
    case "accountId":
      return placeOf(reading, reading.ids, takeId(reading, reading.ids), refById);
    case "accountExternalId":
      return placeOf(reading, reading.externalIds, takeLineOfText(reading, externalIdLengthMax), refByExternalId);
  }
}

function placeOf(
  reading: Reading,
  places: Map<string, number>,
  text: string | undefined,
  make: (text: string) => AccountRef,
): number | undefined {
  if (text === undefined) return undefined;
  const known = places.get(text);
  if (known !== undefined) return known;
  const place = placeOfRef(reading.writer, make(text));
  places.set(text, place);
  return place;
}

/** A UUID; of those known to be one, another look is spared. */
function takeId(reading: Reading, known?: ReadonlyMap<string, number>): string | undefined {
  const id = takeText(reading, uuidLength);
  return id !== undefined && (known?.has(id) || isUuid(id)) ? id : undefined;
}

/** Where the text goes on after white space (RFC 8259 §2). */
function afterSpace(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== space && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

/** Takes one character, or says that another is there. */
function take(reading: Reading, code: number): boolean {
  const { text, at } = reading;
  if (at < text.length && text.charCodeAt(at) === code) {
    reading.at = at + 1;
    return true;
  }
  const next = afterSpace(text, at);
  if (next === at || next >= text.length || text.charCodeAt(next) !== code) return false;
  reading.at = next + 1;
  return true;
}

/** Takes a text that is one of a few, without making it. */
function takeOneOf<T extends string>(reading: Reading, few: readonly T[]): T | undefined {
  if (!take(reading, quote)) return undefined;
  const { text, at } = reading;
  for (let i = 0; i < few.length; i++) {
    const one = few[i] as T;
    const end = at + one.length;
    if (end >= text.length || text.charCodeAt(end) !== quote) continue;
    let same = 0;
    while (same < one.length && text.charCodeAt(at + same) === one.charCodeAt(same)) same++;
    if (same < one.length) continue;
    reading.at = end + 1;
    return one;
  }
  return undefined;
}

/** Takes a text of printable ASCII without escapes. */
function takeText(reading: Reading, lengthMax: number): string | undefined {
  if (!take(reading, quote)) return undefined;
  const { text, at } = reading;
  const last = Math.min(at + lengthMax, text.length - 1);
  for (let end = at; end <= last; end++) {
    const code = text.charCodeAt(end);
    if (code === quote) {
      reading.at = end + 1;
      return text.slice(at, end);
    }
    if (code < space || code > lastPrintable || code === backslash) return undefined;
  }
  return undefined;
}

/** Takes a text that is not empty and that trimming would not change. */
function takeLineOfText(reading: Reading, lengthMax: number): string | undefined {
  const line = takeText(reading, lengthMax);
  if (line === undefined || line.length === 0 || line.charCodeAt(0) === space || line.charCodeAt(line.length - 1) === space)
    return undefined;
  return line;
}

/** Takes a number from 1 to 2^53 − 1, written in digits alone. */
function takeAmount(reading: Reading): number | undefined {
  const { text } = reading;
  const from = afterSpace(text, reading.at);
  const last = Math.min(from + amountDigitsMax, text.length);
  let amount = 0;
  let at = from;
  for (; at < last; at++) {
    const digit = text.charCodeAt(at) - digitZero;
    if (digit < 0 || digit > 9) break;
    amount = amount * 10 + digit;
    // A zero, or one that leads: the rest of it is no number of JSON's.
    if (amount === 0) return undefined;
  }
  reading.at = at;
  // Sixteen digits are rounded from 2^53 on, and never to below it.
  return at > from && amount <= amountMax ? amount : undefined;
}
