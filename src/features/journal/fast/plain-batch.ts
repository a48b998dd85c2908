/**
 * Reads plainly written batches from their text straight into columns: JSON.parse makes an object for each line, and with what is then made of them
 * that was a quarter of what a batch cost. Whatever is not surely plain is left to the parser and the schema, which report the faults: an escape, a character
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
} from "../../../kernel/bounds.ts";
import { isCalendarDate } from "../../../kernel/calendar-date.ts";
import { isUuid } from "../../../kernel/id.ts";
import {
  beginEntry,
  type ColumnWriter,
  columnWriter,
  type EncodedCommands,
  endEntry,
  finishColumns,
  writeLine,
} from "../../../ledger/command-columns.ts";
import { refByCode, refByExternalId, refById } from "../../../ledger/domain/command.ts";
import type { JournalBatchRequest } from "../schemas.ts";
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  type Familiar,
  familiar,
  isLineOfText,
  lastTaken,
  openBrace,
  openBracket,
  type PlainText,
  skipSpace,
  take,
  takeAmount,
  takeFamiliar,
  takeLineOfText,
  takeOneOf,
  takeText,
} from "./plain-text.ts";

/** A `JournalBatchRequest` with its entries as the ledger reads them. */
export interface PlainBatch extends Omit<JournalBatchRequest, "entries"> {
  readonly commands: EncodedCommands;
}

interface Reading extends PlainText {
  readonly writer: ColumnWriter;
  /** The refs and the dates of the writer as the text says them. */
  readonly refs: Familiar;
  readonly dates: Familiar;
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
/** No line is shorter; with a text's length it bounds their number. */
const lineTextMin = '{"accountId":"","side":"debit","amount":1}'.length;
/** The batch that a text says, if it is plainly valid; undefined for any other text. `bytes`: the same in UTF-8. */
export function readPlainBatch(text: string, bytes: Uint8Array): PlainBatch | undefined {
  // Only ASCII takes a byte a character.
  if (bytes.length !== text.length) return undefined;
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

/** The same text with nothing behind it: a slice would retain the whole body wherever the id is stored. Only for texts that JSON writes as they are. */
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
  // Cached by the calendar: too short a text for V8 to slice, which would retain the whole body.
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
