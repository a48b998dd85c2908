/**
 * Recognises valid bodies, so that a batch of thousands costs milliseconds, in whichever of the valid ways it is written: what its sender could choose to
 * have the schemas read would cost ten times its parsing. The schemas decide: whatever is not surely valid here is handed to them, and nothing is
 * accepted here that they would refuse or change. Every bound is the schemas' own, in code points.
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

/**
 * The entry with its texts trimmed and its ids in lower case, as the schemas give it back; undefined where there is nothing to change.
 * Whether it is valid is still to be asked.
 */
export function normalizedEntry(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const entry = normalizedFields(value);
  const { lines } = value;
  if (!Array.isArray(lines) || lines.length > linesPerEntryMax) return entry;
  let changed: unknown[] | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line: unknown = lines[i];
    const normalized = isObject(line) ? normalizedFields(line) : undefined;
    if (normalized === undefined) continue;
    changed ??= [...lines];
    changed[i] = normalized;
  }
  return changed === undefined ? entry : { ...(entry ?? value), lines: changed };
}

/** The same of the fields of an entry or a line. */
function normalizedFields(fields: Fields): Fields | undefined {
  let changed: Record<string, unknown> | undefined;
  let keys = 0;
  for (const key in fields) {
    // More than there are fields: nothing to be accepted.
    if (++keys > fieldsMax) return undefined;
    const field = fields[key];
    const normalized = normalizedField(key, field);
    if (normalized === field) continue;
    changed ??= { ...fields };
    changed[key] = normalized;
  }
  return changed;
}

function normalizedField(key: string, field: unknown): unknown {
  switch (key) {
    case "reference":
    case "externalId":
    case "accountCode":
    case "accountExternalId":
      return typeof field === "string" ? field.trim() : field;
    case "replaces":
    case "accountId":
    case "contactId":
    case "entityId":
    case "ledgerId":
      return typeof field === "string" && field.length === uuidLength ? field.toLowerCase() : field;
    case "tags":
      if (!Array.isArray(field) || field.length > tagsPerLineMax || !field.some(isPadded)) return field;
      return field.map((tag) => (typeof tag === "string" ? tag.trim() : tag));
    default:
      return field;
  }
}

const uuidLength = 36;
/** More than an entry or a line has. */
const fieldsMax = 20;

function isPadded(text: unknown): boolean {
  return typeof text === "string" && text.trim() !== text;
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
      case "conditions":
        if (!acceptConditions(field)) return false;
        break;
      default:
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

function acceptConditions(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const key in value) {
    const bound = value[key];
    switch (key) {
      case "expectedVersion":
        if (!Number.isSafeInteger(bound) || (bound as number) < 0) return false;
        break;
      case "minPosted":
      case "maxPosted":
      case "minAvailable":
      case "maxAvailable":
        if (!Number.isSafeInteger(bound)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

function acceptMetadata(value: unknown): boolean {
  if (!isObject(value)) return false;
  let keys = 0;
  for (const key in value) {
    // The schema leaves a key of this name out.
    if (++keys > metadataKeysMax || key === "__proto__" || key.length < 1) return false;
    if (!isWithin(key, metadataKeyLengthMax) || !(isAscii(key) || isPlainLine(key))) return false;
    if (!isText(value[key], metadataValueLengthMax)) return false;
  }
  return true;
}

function isId(value: unknown): boolean {
  return typeof value === "string" && (isUuid(value) || value === nilUuid || value === maxUuid);
}

/** Those that the schema takes besides (RFC 9562 §5.9, §5.10). */
const nilUuid = "00000000-0000-0000-0000-000000000000";
const maxUuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Whether a text has at most so many code points, of which each is one or two UTF-16 units. */
function isWithin(text: string, lengthMax: number): boolean {
  if (text.length <= lengthMax) return true;
  if (text.length > lengthMax * 2) return false;
  let pairs = 0;
  for (let i = 1; i < text.length; i++) {
    if (isHalf(text, i - 1, 0xd800) && isHalf(text, i, 0xdc00)) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs <= lengthMax;
}

function isHalf(text: string, at: number, first: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === first;
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
  return typeof value === "string" && isWithin(value, lengthMax) && (isAscii(value) || isPlainText(value));
}

/** One line of text that trimming would not change. */
function isLine(value: unknown, lengthMax: number): boolean {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    isWithin(value, lengthMax) &&
    value.trim() === value &&
    (isAscii(value) || isPlainLine(value))
  );
}
