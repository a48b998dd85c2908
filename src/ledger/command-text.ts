/**
 * Commands as text on their way to a ledger's object. One string crosses a stub far cheaper than a graph of objects,
 * and its bytes, being canonical, are also what the idempotency fingerprint is taken over.
 * An entry is [date, description, reference, externalId, metadata, source, module, replaces, lines]; a line [account, ±amount, rest?], debit positive.
 */

import { refText } from "./domain/state.ts";
import type { Command, LineConditions, LineRequest, Module, PostEntry, Source } from "./rpc.ts";

interface LineRest {
  readonly memo?: string;
  readonly contactId?: string;
  readonly tags?: readonly string[];
  readonly conditions?: LineConditions;
}
type LineText = [string, number, LineRest?];
type EntryText = [
  string,
  string | null,
  string | null,
  string | null,
  Record<string, string> | null,
  Source | null,
  Module | null,
  string | null,
  LineText[],
];

export function encodeCommands(commands: readonly Command[]): string {
  return JSON.stringify(commands.map((command) => (command.kind === "post_entry" ? entryText(command) : command)));
}

function entryText(entry: PostEntry): EntryText {
  const lines: LineText[] = [];
  for (const line of entry.lines) lines.push(lineText(line));
  return [
    entry.date,
    entry.description ?? null,
    entry.reference ?? null,
    entry.externalId ?? null,
    entry.metadata === undefined ? null : sorted(entry.metadata),
    entry.source === undefined ? null : { type: entry.source.type, id: entry.source.id, step: entry.source.step },
    entry.module ?? null,
    entry.replaces ?? null,
    lines,
  ];
}

function lineText(line: LineRequest): LineText {
  const amount = line.side === "debit" ? line.amount : -line.amount;
  if (line.memo === undefined && line.contactId === undefined && line.tags === undefined && line.conditions === undefined) {
    return [refText(line.account), amount];
  }
  return [
    refText(line.account),
    amount,
    {
      ...(line.memo === undefined ? {} : { memo: line.memo }),
      ...(line.contactId === undefined ? {} : { contactId: line.contactId }),
      ...(line.tags === undefined ? {} : { tags: line.tags }),
      ...(line.conditions === undefined ? {} : { conditions: line.conditions }),
    },
  ];
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

function entryOf(text: EntryText): PostEntry {
  const lines: LineRequest[] = [];
  for (const line of text[8]) {
    const amount = line[1];
    const request: LineRequest = {
      account: refOf(line[0]),
      side: amount > 0 ? "debit" : "credit",
      amount: amount > 0 ? amount : -amount,
      ...line[2],
    };
    lines.push(request);
  }
  return {
    kind: "post_entry",
    date: text[0],
    lines,
    ...(text[1] === null ? {} : { description: text[1] }),
    ...(text[2] === null ? {} : { reference: text[2] }),
    ...(text[3] === null ? {} : { externalId: text[3] }),
    ...(text[4] === null ? {} : { metadata: text[4] }),
    ...(text[5] === null ? {} : { source: text[5] }),
    ...(text[6] === null ? {} : { module: text[6] }),
    ...(text[7] === null ? {} : { replaces: text[7] }),
  };
}

function refOf(text: string): LineRequest["account"] {
  const name = text.slice(1);
  if (text.startsWith("i")) return { id: name };
  return text.startsWith("c") ? { code: name } : { externalId: name };
}
