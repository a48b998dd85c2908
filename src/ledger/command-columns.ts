/**
 * Commands as columns on their way to a ledger's object: one block of numbers and two texts cross a stub far cheaper than a graph of objects,
 * or than a JSON text that is parsed again. Being canonical, they are also what the idempotency fingerprint is taken over.
 */
import { createHash } from "node:crypto";
import type { Side } from "../kernel/account-type.ts";
import { present } from "../kernel/assert.ts";
import { isLineAmount } from "../kernel/money.ts";
import type { Whole } from "../kernel/whole.ts";
import type { Writable } from "../kernel/writable.ts";
import type { LineFields } from "./domain/command.ts";
import { entryFieldNames, lineFieldNames, sentForm } from "./domain/entry-fields.ts";
import type { AccountRef, Command, CommandList, LineRequest, PostEntry, WriteOptions } from "./rpc.ts";

export interface EncodedCommands {
  /**
   * [commands, lines, refs, dates], then for each command
   * [date, lines, length of description, of reference, of externalId] and for each of its lines [ref, ±amount], debit positive,
   * then the length of each ref and of each date. A text that is not there has length −1; a date of −1: the command is not an entry and stands whole in `rest`.
   */
  readonly numbers: Float64Array;
  /** The distinct refs of accounts, the distinct dates, and the entries' texts, one behind the other. */
  readonly texts: string;
  /** JSON of what few commands have: [[place among the commands, what it has more], …], or empty. */
  readonly rest: string;
}

const headerLength = 4;
const commandLength = 5;
const lineLength = 2;

/** The fields that have columns of their own. All others stand in the rest. */
type Columned = "description" | "reference" | "externalId";
type RestField = Exclude<(typeof entryFieldNames)[number], Columned>;
const columned = { description: true, reference: true, externalId: true } as const satisfies Record<Columned, true>;
const restFields = entryFieldNames.filter((field): field is RestField => !(field in columned));

/** What an entry has beyond the columns; `lines` as [place in the entry, what it has more]. */
type EntryRest = Pick<PostEntry, RestField> & { readonly lines?: readonly (readonly [number, LineFields])[] };

/** Columns as they are written. Whoever makes commands of a request writes them here, so that the same content always gives the same columns. */
export interface ColumnWriter {
  numbers: Float64Array<ArrayBuffer>;
  end: number;
  commandCount: number;
  lineCount: number;
  /** Where the entry begins whose lines are being written. */
  entryAt: number;
  /** The distinct refs and the distinct dates, each where its place says: in the order of first appearance. */
  readonly refs: string[];
  readonly dates: string[];
  readonly parts: string[];
}

/** The last writer's block, which grows with the largest write of the isolate up to a bound. A writer takes it and gives it back when it has finished: no two ever share it. */
let spare: Float64Array<ArrayBuffer> | undefined;
const spareLength = 16 * 1024;
const spareKeptMax = 256 * 1024;

export function columnWriter(): ColumnWriter {
  const numbers = spare ?? new Float64Array(spareLength);
  spare = undefined;
  return { numbers, end: headerLength, commandCount: 0, lineCount: 0, entryAt: -1, refs: [], dates: [], parts: [] };
}

/** Begins an entry: its lines follow, then `endEntry`. */
export function beginEntry(writer: ColumnWriter): void {
  room(writer, commandLength);
  writer.entryAt = writer.end;
  writer.end += commandLength;
}

/** `ref` is the place of the account's ref among the writer's. */
export function writeLine(writer: ColumnWriter, ref: number, side: Side, amount: number): void {
  // The sign is the side: another than a positive amount would change it.
  if (!isLineAmount(amount)) throw new Error("assertion failed: an amount is an integer from 1 to 2^53 - 1");
  room(writer, lineLength);
  writer.numbers[writer.end] = ref;
  writer.numbers[writer.end + 1] = side === "debit" ? amount : -amount;
  writer.end += lineLength;
}

/** `date` is the place of the entry's date among the writer's. */
export function endEntry(
  writer: ColumnWriter,
  date: number,
  description: string | undefined,
  reference: string | undefined,
  externalId: string | undefined,
): void {
  const { numbers, entryAt, parts } = writer;
  const lines = (writer.end - entryAt - commandLength) / lineLength;
  numbers[entryAt] = date;
  numbers[entryAt + 1] = lines;
  numbers[entryAt + 2] = lengthOf(description, parts);
  numbers[entryAt + 3] = lengthOf(reference, parts);
  numbers[entryAt + 4] = lengthOf(externalId, parts);
  writer.lineCount += lines;
  writer.commandCount += 1;
}

/** A command that is not an entry: it stands in the rest. */
function writeOther(writer: ColumnWriter): void {
  room(writer, commandLength);
  writer.numbers.fill(-1, writer.end, writer.end + commandLength);
  writer.numbers[writer.end + 1] = 0;
  writer.end += commandLength;
  writer.commandCount += 1;
}

/** What was written. The writer is not to be used again. */
export function finishColumns(writer: ColumnWriter, rest = ""): EncodedCommands {
  const { refs, dates, parts } = writer;
  room(writer, refs.length + dates.length);
  const { numbers } = writer;
  let { end } = writer;
  numbers[0] = writer.commandCount;
  numbers[1] = writer.lineCount;
  numbers[2] = refs.length;
  numbers[3] = dates.length;
  for (const text of refs) numbers[end++] = text.length;
  for (const text of dates) numbers[end++] = text.length;
  if (numbers.length <= spareKeptMax) spare = numbers;
  return { numbers: numbers.slice(0, end), texts: refs.join("") + dates.join("") + parts.join(""), rest };
}

/** Makes room for so many numbers more. */
function room(writer: ColumnWriter, needed: number): void {
  const { numbers, end } = writer;
  if (end + needed <= numbers.length) return;
  writer.numbers = new Float64Array(Math.max(end + needed, numbers.length * 2));
  writer.numbers.set(numbers);
}

/** The place of a text among those that were written; its own where it is new. */
function placeIn(texts: string[], places: Map<string, number>, text: string): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  places.set(text, texts.length);
  return texts.push(text) - 1;
}

function lengthOf(text: string | undefined, parts: string[]): number {
  if (text === undefined) return -1;
  parts.push(text);
  return text.length;
}

export function encodeCommands(commands: CommandList): EncodedCommands {
  const writer = columnWriter();
  const refs = new Map<string, number>();
  const dates = new Map<string, number>();
  const rest: (readonly [number, EntryRest | Command])[] = [];
  for (let i = 0; i < commands.length; i++) {
    const command = present(commands.at(i), "a list has as many commands as it says");
    if (command.kind !== "post_entry") {
      rest.push([i, command]);
      writeOther(writer);
      continue;
    }
    let more = hasMore(command);
    beginEntry(writer);
    for (const line of command.lines) {
      writeLine(writer, placeIn(writer.refs, refs, line.account), line.side, line.amount);
      more ||= lineHasMore(line);
    }
    endEntry(writer, placeIn(writer.dates, dates, command.date), command.description, command.reference, command.externalId);
    if (more) rest.push([i, entryRest(command)]);
  }
  return finishColumns(writer, rest.length === 0 ? "" : JSON.stringify(rest));
}

/** Whether an entry has anything for the rest. Written out: it is asked of every entry of a batch. */
function hasMore(entry: PostEntry): boolean {
  entry satisfies Whole<PostEntry, "kind" | "date" | "lines" | Columned | "metadata" | "source" | "module" | "replaces">;
  return entry.metadata !== undefined || entry.source !== undefined || entry.module !== undefined || entry.replaces !== undefined;
}

function lineHasMore(line: LineRequest): boolean {
  line satisfies Whole<LineRequest, "account" | "side" | "amount" | "memo" | "contactId" | "tags" | "conditions">;
  return line.memo !== undefined || line.contactId !== undefined || line.tags !== undefined || line.conditions !== undefined;
}

function entryRest(entry: PostEntry): EntryRest {
  const rest: Writable<EntryRest> = {};
  for (const field of restFields) put(rest, field, sentForm(entry, field));
  const lines: [number, LineFields][] = [];
  for (let l = 0; l < entry.lines.length; l++) {
    const line = entry.lines[l] as LineRequest;
    if (lineHasMore(line)) lines.push([l, lineRest(line)]);
  }
  if (lines.length > 0) rest.lines = lines;
  return rest;
}

function lineRest(line: LineRequest): LineFields {
  const rest: LineFields = {};
  for (const field of lineFieldNames) put(rest, field, line[field]);
  return rest;
}

function put<T, F extends keyof T>(to: Writable<T>, field: F, value: T[F] | undefined): void {
  if (value !== undefined) to[field] = value;
}

/**
 * SHA-256 over the write's mode and answer and all of its commands. The texts go in as UTF-16, in which no two differ alike, halves of surrogate pairs included;
 * the lengths before them say where one part ends and the next begins.
 */
export function fingerprintOf(encoded: EncodedCommands, options: Pick<WriteOptions, "mode" | "answer">): string {
  const { numbers, texts, rest } = encoded;
  return createHash("sha256")
    .update(`${options.mode} ${options.answer} ${numbers.length} ${texts.length} ${rest.length}\n${texts}${rest}`, "utf16le")
    .update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    .digest("base64url");
}

/** How large the commands are, in bytes or nearly so. */
export function sizeOf(encoded: EncodedCommands): number {
  return encoded.numbers.byteLength + encoded.texts.length + encoded.rest.length;
}

/** The commands of columns, each made when it is asked for; asked for in order, each costs what it is long. */
export interface DecodedCommands extends CommandList {
  /** Lines of all entries. */
  readonly lineCount: number;
}

export function decodeCommands({ numbers, texts, rest }: EncodedCommands): DecodedCommands {
  const header = (place: number): number => present(numbers[place], "the columns have a header");
  const [length, lineCount, refCount, dateCount] = [header(0), header(1), header(2), header(3)];
  let lengthAt = headerLength + length * commandLength + lineCount * lineLength;
  let textAt = 0;
  const text = (size: number): string => {
    textAt += size;
    return texts.slice(textAt - size, textAt);
  };
  const table = (count: number): string[] => {
    const entries: string[] = [];
    for (let i = 0; i < count; i++) entries.push(text(header(lengthAt++)));
    return entries;
  };
  // Written on our side of the stub: what stands there are refs, and the JSON has its form.
  const refs = table(refCount) as AccountRef[];
  const dates = table(dateCount);
  const more = rest === "" ? undefined : new Map(JSON.parse(rest) as [number, EntryRest | Command][]);
  const textsFrom = textAt;
  let next = 0;
  let at = headerLength;

  const skip = (): void => {
    for (let column = 2; column < commandLength; column++) textAt += Math.max(numbers[at + column] as number, 0);
    at += commandLength + (numbers[at + 1] as number) * lineLength;
    next += 1;
  };
  const read = (): Command => {
    const date = dates[numbers[at] as number];
    const beyond = more?.get(next);
    if (date === undefined) {
      skip();
      return present(beyond as Command | undefined, "what is not an entry stands whole in the rest");
    }
    const lines: LineRequest[] = [];
    const entry: Writable<PostEntry> = { kind: "post_entry", date, lines };
    const [count, description, reference, externalId] = [numbers[at + 1], numbers[at + 2], numbers[at + 3], numbers[at + 4]] as [
      number,
      number,
      number,
      number,
    ];
    if (description >= 0) entry.description = text(description);
    if (reference >= 0) entry.reference = text(reference);
    if (externalId >= 0) entry.externalId = text(externalId);
    at += commandLength;
    for (let l = 0; l < count; l++) {
      const amount = numbers[at + 1] as number;
      lines.push({
        account: refs[numbers[at] as number] as AccountRef,
        side: amount > 0 ? "debit" : "credit",
        amount: amount > 0 ? amount : -amount,
      });
      at += lineLength;
    }
    next += 1;
    if (beyond !== undefined) complete(entry, lines, beyond as EntryRest);
    return entry;
  };
  return {
    length,
    lineCount,
    at(index) {
      if (index < 0 || index >= length) return undefined;
      if (index < next) [next, at, textAt] = [0, headerLength, textsFrom];
      while (next < index) skip();
      return read();
    },
  };
}

function complete(entry: Writable<PostEntry>, lines: Writable<LineRequest>[], rest: EntryRest): void {
  for (const field of restFields) put(entry, field, rest[field]);
  for (const [l, more] of rest.lines ?? []) {
    const line = present(lines[l], "the rest names a line of its entry");
    for (const field of lineFieldNames) put(line, field, more[field]);
  }
}
