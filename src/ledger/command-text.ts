/**
 * Commands as text on their way to a ledger's object. One string crosses a stub far cheaper than a graph of objects,
 * and its bytes, being canonical, are also what the idempotency fingerprint is taken over.
 * An entry is [date, lines, description, reference, externalId, metadata, source, module, replaces], nulls at its end left out;
 * its lines are [account, ±amount, account, ±amount, …], debit positive, and a third member each where any line has more to say.
 */
import type { AccountRef, Command, LineConditions, LineRequest, Module, PostEntry, Source } from "./rpc.ts";

interface LineRest {
  readonly memo?: string;
  readonly contactId?: string;
  readonly tags?: readonly string[];
  readonly conditions?: LineConditions;
}
type Writable<T> = { -readonly [K in keyof T]: T[K] };
type LinesText = (string | number | LineRest | null)[];
type EntryText = [
  date: string,
  lines: LinesText,
  description?: string | null,
  reference?: string | null,
  externalId?: string | null,
  metadata?: Record<string, string> | null,
  source?: Source | null,
  module?: Module | null,
  replaces?: string | null,
];

export function encodeCommands(commands: readonly Command[]): string {
  return JSON.stringify(commands.map((command) => (command.kind === "post_entry" ? entryText(command) : command)));
}

function entryText(entry: PostEntry): EntryText {
  const text: EntryText = [
    entry.date,
    linesText(entry.lines),
    entry.description ?? null,
    entry.reference ?? null,
    entry.externalId ?? null,
    entry.metadata === undefined ? null : sorted(entry.metadata),
    entry.source === undefined ? null : { type: entry.source.type, id: entry.source.id, step: entry.source.step },
    entry.module ?? null,
    entry.replaces ?? null,
  ];
  while (text.at(-1) === null) text.pop();
  return text;
}

/** Two members a line, or three where any line of the entry has more than its amount. */
function linesText(lines: readonly LineRequest[]): LinesText {
  const wide = lines.some(hasMore);
  const text: LinesText = [];
  for (const line of lines) {
    text.push(line.account, line.side === "debit" ? line.amount : -line.amount);
    if (wide) text.push(hasMore(line) ? restOf(line) : null);
  }
  // The number of members tells the two forms apart: the wide one says so itself.
  if (wide) text.push("wide");
  return text;
}

function hasMore(line: LineRequest): boolean {
  return line.memo !== undefined || line.contactId !== undefined || line.tags !== undefined || line.conditions !== undefined;
}

function restOf(line: LineRequest): LineRest {
  return {
    ...(line.memo === undefined ? {} : { memo: line.memo }),
    ...(line.contactId === undefined ? {} : { contactId: line.contactId }),
    ...(line.tags === undefined ? {} : { tags: line.tags }),
    ...(line.conditions === undefined ? {} : { conditions: line.conditions }),
  };
}

function sorted(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function decodeCommands(text: string): Command[] {
  // Written by encodeCommands on our side of the stub: its form is known.
  const items = JSON.parse(text) as (EntryText | Command)[];
  const commands: Command[] = [];
  for (const item of items) commands.push(Array.isArray(item) ? entryOf(item) : item);
  return commands;
}

/** Field by field: thousands are built per request, and spreads would be most of the cost. */
function entryOf(text: EntryText): PostEntry {
  const entry: Writable<PostEntry> = { kind: "post_entry", date: text[0], lines: linesOf(text[1]) };
  if (text[2] != null) entry.description = text[2];
  if (text[3] != null) entry.reference = text[3];
  if (text[4] != null) entry.externalId = text[4];
  if (text[5] != null) entry.metadata = text[5];
  if (text[6] != null) entry.source = text[6];
  if (text[7] != null) entry.module = text[7];
  if (text[8] != null) entry.replaces = text[8];
  return entry;
}

function linesOf(text: LinesText): LineRequest[] {
  const wide = text.at(-1) === "wide";
  const step = wide ? 3 : 2;
  const end = wide ? text.length - 1 : text.length;
  const lines: LineRequest[] = [];
  for (let i = 0; i < end; i += step) {
    const amount = text[i + 1] as number;
    const line: Writable<LineRequest> = {
      account: text[i] as AccountRef,
      side: amount > 0 ? "debit" : "credit",
      amount: amount > 0 ? amount : -amount,
    };
    const rest = wide ? (text[i + 2] as LineRest | null) : null;
    if (rest !== null) {
      if (rest.memo !== undefined) line.memo = rest.memo;
      if (rest.contactId !== undefined) line.contactId = rest.contactId;
      if (rest.tags !== undefined) line.tags = rest.tags;
      if (rest.conditions !== undefined) line.conditions = rest.conditions;
    }
    lines.push(line);
  }
  return lines;
}
