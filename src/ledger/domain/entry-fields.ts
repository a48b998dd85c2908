/**
 * Every field of an entry, a line and a hold that may be left out, in one table each. A field of `command.ts` without a row does not compile,
 * and neither does a fact, an answer or a schema that leaves out a field of the tables. `docs/architecture.md` has the steps for a new one.
 */
import type { EntryFields, HoldFields, LineFields } from "./command.ts";
import type { Module } from "./period-lock.ts";

// biome-ignore lint/complexity/noBannedTypes: `{}` is what an object is that may leave the field out.
type OptionalIn<T> = { readonly [F in keyof T]-?: {} extends Pick<T, F> ? F : never }[keyof T];

/** What may be left out as a fact has it: null where nothing was said. */
type Said<T> = { readonly [F in OptionalIn<T>]: Exclude<T[F], undefined> | null };

interface OptionalContent extends Omit<Said<EntryFields>, "module"> {
  readonly module: Module;
}

/** What an entry says beside its lines, as its fact has it. */
export interface EntryContent extends OptionalContent {
  readonly date: string;
}

interface Field<T> {
  /** What a fact has where nothing is said. */
  readonly none: T;
  /** Whether two facts say the same. */
  readonly same: (a: T, b: T) => boolean;
}

interface EntryField<T> extends Field<T> {
  /** Whether a hold says it, for the entry that will settle it. */
  readonly held: boolean;
  /** Whether a reversal says what its original does. */
  readonly reversed: boolean;
  /** The one form in which it is sent: the fingerprint of an idempotency key covers it. */
  readonly sent: (value: NonNullable<T>) => NonNullable<T>;
}

interface LineField<T> extends Field<T> {
  /** Whether the line of a posted entry says it. What it does not say is stored with drafts alone, and no part of what the line is compared by. */
  readonly posted: boolean;
}

const is = <T>(a: T, b: T): boolean => a === b;
const asItIs = <T>(value: T): T => value;
const text = { none: null, same: is, sent: asItIs };

/** Their order is that in which facts and commands are written, and the fingerprints of idempotency keys cover it: a new field comes last. */
export const entryFields = {
  description: { ...text, held: true, reversed: true },
  reference: { ...text, held: true, reversed: true },
  externalId: { ...text, held: true, reversed: false },
  metadata: { none: null, same: sameStrings, sent: inOrderOfKeys, held: true, reversed: true },
  source: { none: null, same: sameJson, sent: ({ type, id, step }) => ({ type, id, step }), held: true, reversed: false },
  module: { none: "journal", same: is, sent: asItIs, held: true, reversed: true },
  replaces: { ...text, held: false, reversed: false },
} as const satisfies { readonly [F in keyof OptionalContent]: EntryField<OptionalContent[F]> };

export const lineFields = {
  memo: { none: null, same: is, posted: true },
  contactId: { none: null, same: is, posted: true },
  tags: { none: null, same: sameJson, posted: true },
  conditions: { none: null, same: sameJson, posted: false },
} as const satisfies { readonly [F in keyof Said<LineFields>]: LineField<Said<LineFields>[F]> };

export const holdFields = {
  groupId: { none: null, same: is },
  expiresAtMs: { none: null, same: is },
} as const satisfies { readonly [F in keyof Said<HoldFields>]: Field<Said<HoldFields>[F]> };

/** The names of the rows that have `Row`. */
type NamesWith<Rows, Row> = { readonly [F in keyof Rows]: Rows[F] extends Row ? F : never }[keyof Rows];

/** What a hold says of the entry that will settle it. */
export interface HoldContent extends Pick<EntryContent, "date" | NamesWith<typeof entryFields, { readonly held: true }>> {}

/** What a hold says of itself. */
export interface HoldTerms extends Said<HoldFields> {}

/** What the line of a posted entry says. */
export interface LineContent extends Pick<Said<LineFields>, NamesWith<typeof lineFields, { readonly posted: true }>> {}

/** What the line of a draft says. */
export interface DraftLineContent extends Said<LineFields> {}

/** What is said, by a command or by a fact: what is left out is as good as null. */
type Asked<T> = { readonly [F in keyof T]?: T[F] | null | undefined };
type Rows<T> = { readonly [F in keyof T]: Field<T[F]> };

/** What an entry says, in either form. */
export type AskedContent = Pick<EntryContent, "date"> & Asked<OptionalContent>;
export type AskedLine = Asked<LineContent>;
export type AskedDraftLine = Asked<DraftLineContent>;

function namesOf<T extends object>(rows: T): (keyof T)[] {
  // A table has the names that its type has, and no others.
  return Object.keys(rows) as (keyof T)[];
}

export const entryFieldNames = namesOf(entryFields);
export const lineFieldNames = namesOf(lineFields);

function rowsWith<T extends object>(rows: T, column: string): T {
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => row[column])) as T;
}

const entryRows: { readonly [F in keyof OptionalContent]: EntryField<OptionalContent[F]> } = entryFields;
const heldRows: Rows<Omit<HoldContent, "date">> = rowsWith(entryFields, "held");
const placedRows: Rows<Omit<HoldContent, "date"> & HoldTerms> = { ...heldRows, ...holdFields };
const postedLineRows: Rows<LineContent> = rowsWith(lineFields, "posted");

/** A field of an entry as it is sent. */
export function sentForm<F extends keyof OptionalContent>(
  entry: Asked<OptionalContent>,
  field: F,
): NonNullable<OptionalContent[F]> | undefined {
  const row: EntryField<OptionalContent[F]> = entryRows[field];
  const value = entry[field];
  return value === undefined || value === null ? undefined : row.sent(value);
}

/** What is said in each field, and `none` where nothing is. */
function whole<T>(rows: Rows<T>, asked: Asked<T>): T {
  const said: Partial<T> = {};
  for (const field of namesOf(rows)) said[field] = (asked[field] ?? rows[field].none) as T[typeof field];
  // Each field of the table has been filled.
  return said as T;
}

function sayTheSame<T>(rows: Rows<T>, a: T, b: T): boolean {
  return namesOf(rows).every((field) => rows[field].same(a[field], b[field]));
}

/** What an entry says, by loops: for what is not done by the thousand. `entryFact` of fact.ts does the same for bulk. */
function entryContent(asked: AskedContent): EntryContent {
  return { date: asked.date, ...whole<OptionalContent>(entryFields, asked) };
}

/** The part of it that a hold stores for its settlement. */
export function holdContent(asked: AskedContent): HoldContent {
  return { date: asked.date, ...whole(heldRows, asked) };
}

export function holdTerms(asked: Asked<HoldTerms>): HoldTerms {
  return whole<HoldTerms>(holdFields, asked);
}

export function lineContent(asked: AskedLine): LineContent {
  return whole(postedLineRows, asked);
}

export function draftLineContent(asked: AskedDraftLine): DraftLineContent {
  return whole<DraftLineContent>(lineFields, asked);
}

/** What the reversal of an entry says. */
export function reversedContent(original: EntryContent): EntryContent {
  const said = namesOf(entryFields).filter((field) => entryFields[field].reversed);
  return entryContent({ date: original.date, ...Object.fromEntries(said.map((field) => [field, original[field]])) });
}

/** Whether two entries, drafts or holds say the same beside their lines. */
export function sameEntryContent(a: AskedContent, b: AskedContent): boolean {
  return a.date === b.date && sayTheSame<OptionalContent>(entryFields, entryContent(a), entryContent(b));
}

export function sameLineContent(a: LineContent, b: LineContent): boolean {
  return sayTheSame(postedLineRows, a, b);
}

export function sameHoldTerms(a: HoldTerms, b: HoldTerms): boolean {
  return sayTheSame<HoldTerms>(holdFields, a, b);
}

/** What of a stored draft or hold may be older than a field: it says nothing in it. */
export interface StoredUnposted<Line> {
  readonly lines: readonly Partial<Line>[];
}

export function completeDraft(stored: StoredUnposted<DraftLineContent> & Partial<OptionalContent>): void {
  complete<OptionalContent>(entryFields, stored);
  for (const line of stored.lines) complete<DraftLineContent>(lineFields, line);
}

export function completeHold(stored: StoredUnposted<LineContent> & Partial<HoldContent & HoldTerms>): void {
  complete(placedRows, stored);
  for (const line of stored.lines) complete(postedLineRows, line);
}

function complete<T>(rows: Rows<T>, stored: Partial<T>): void {
  for (const field of namesOf(rows)) if (stored[field] === undefined) stored[field] = rows[field].none;
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Strings = Readonly<Record<string, string>>;

function sameStrings(a: Strings | null, b: Strings | null): boolean {
  const keys = Object.keys(a ?? {});
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a?.[key] === b?.[key]);
}

function inOrderOfKeys(strings: Strings): Strings {
  const keys = Object.keys(strings);
  if (keys.length < 2) return strings;
  return Object.fromEntries(keys.sort().map((key) => [key, strings[key] as string]));
}
