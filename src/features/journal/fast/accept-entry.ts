/**
 * Recognises plainly valid bodies, so that a batch of thousands costs milliseconds. The schemas decide: whatever is not surely valid here
 * is handed to them, and nothing is accepted here that they would refuse or change. Every bound is the schemas' own; they count code points,
 * of which a text never has more than UTF-16 units.
 */

import {
  codeLengthMax,
  descriptionLengthMax,
  externalIdLengthMax,
  linesPerEntryMax,
  linesPerEntryMin,
  memoLengthMax,
  metadataKeyLengthMax,
  metadataKeysMax,
  metadataValueLengthMax,
  referenceLengthMax,
  tagLengthMax,
  tagsPerLineMax,
} from "../../../kernel/bounds.ts";
import { isCalendarDate } from "../../../kernel/calendar-date.ts";
import { isUuid } from "../../../kernel/id.ts";
import { isLineAmount } from "../../../kernel/money.ts";
import { isPlainLine, isPlainText } from "../../../kernel/plain-text.ts";

/** Whether `value` is a `JournalEntryRequest` as it stands. */
export function acceptEntry(value: unknown): boolean {
  return isObject(value) && acceptFields(value, true);
}

/** Whether `value` is an entry of a batch, a `JournalEntryBody`, as it stands. */
export function acceptEntryBody(value: unknown): boolean {
  return isObject(value) && acceptFields(value, false);
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function acceptFields(entry: Fields, choosesLedger: boolean): boolean {
  for (const key in entry) {
    const field = entry[key];
    switch (key) {
      case "date":
        if (typeof field !== "string" || !isCalendarDate(field)) return false;
        break;
      case "description":
        if (!isText(field, descriptionLengthMax)) return false;
        break;
      case "reference":
        if (!isLine(field, referenceLengthMax)) return false;
        break;
      case "externalId":
        if (!isLine(field, externalIdLengthMax)) return false;
        break;
      case "metadata":
        if (!acceptMetadata(field)) return false;
        break;
      case "replaces":
        if (!isId(field)) return false;
        break;
      case "lines":
        if (!acceptLines(field)) return false;
        break;
      default:
        if (!choosesLedger || !acceptLedgerChoice(key, field)) return false;
    }
  }
  return entry.date !== undefined && entry.lines !== undefined;
}

function acceptLedgerChoice(key: string, field: unknown): boolean {
  switch (key) {
    case "entityId":
    case "ledgerId":
      return isId(field);
    case "currency":
      return typeof field === "string" && field.length >= 3 && field.length <= 12 && isAscii(field);
    default:
      return false;
  }
}

function acceptLines(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < linesPerEntryMin || value.length > linesPerEntryMax) return false;
  for (let i = 0; i < value.length; i++) if (!acceptLine(value[i])) return false;
  return true;
}

function acceptLine(line: unknown): boolean {
  if (!isObject(line)) return false;
  let accounts = 0;
  for (const key in line) {
    const field = line[key];
    switch (key) {
      case "accountId":
        if (!isId(field)) return false;
        accounts++;
        break;
      case "accountCode":
        if (!isLine(field, codeLengthMax)) return false;
        accounts++;
        break;
      case "accountExternalId":
        if (!isLine(field, externalIdLengthMax)) return false;
        accounts++;
        break;
      case "side":
        if (field !== "debit" && field !== "credit") return false;
        break;
      case "amount":
        if (!isLineAmount(field)) return false;
        break;
      case "memo":
        if (!isText(field, memoLengthMax)) return false;
        break;
      case "contactId":
        if (!isId(field)) return false;
        break;
      case "tags":
        if (!acceptTags(field)) return false;
        break;
      default:
        // Conditions are rare and left to the schema.
        return false;
    }
  }
  return accounts === 1 && line.side !== undefined && line.amount !== undefined;
}

function acceptTags(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > tagsPerLineMax) return false;
  for (let i = 0; i < value.length; i++) if (!isLine(value[i], tagLengthMax)) return false;
  return true;
}

function acceptMetadata(value: unknown): boolean {
  if (!isObject(value)) return false;
  let keys = 0;
  for (const key in value) {
    // The schema leaves a key of this name out.
    if (key === "__proto__" || key.length < 1 || key.length > metadataKeyLengthMax || !(isAscii(key) || isPlainLine(key))) return false;
    if (!isText(value[key], metadataValueLengthMax)) return false;
    keys++;
  }
  return keys <= metadataKeysMax;
}

function isId(value: unknown): boolean {
  return typeof value === "string" && isUuid(value);
}

/** Printable ASCII, the common case, without the cost of a pattern. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === "string" && value.length <= lengthMax && (isAscii(value) || isPlainText(value));
}

/** One line of text that trimming would not change. */
function isLine(value: unknown, lengthMax: number): boolean {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= lengthMax &&
    value.trim() === value &&
    (isAscii(value) || isPlainLine(value))
  );
}
