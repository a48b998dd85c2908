/** How facts are stored: written as JSON, and read again. */
import type { TextWriter } from "../../kernel/text-writer.ts";
import type { Whole } from "../../kernel/whole.ts";
import { completeDraft, completeHold } from "./entry-fields.ts";
import type { EntryPosted, Fact, FactLine } from "./fact.ts";

/** What `writeEntry` writes of an entry, and `writeLine` of a line. */
type WrittenEntry = Whole<
  EntryPosted,
  | "kind"
  | "date"
  | "description"
  | "reference"
  | "externalId"
  | "metadata"
  | "source"
  | "module"
  | "flagged"
  | "reversalOf"
  | "void"
  | "reason"
  | "replaces"
  | "draftId"
  | "hold"
  | "lines"
>;
type WrittenLine = Whole<FactLine, "account" | "amount" | "balanceAfter" | "version" | "memo" | "contactId" | "tags">;

/**
 * Writes the stored text of a fact. An entry, of which there are millions, leaves out what it does not have
 * and has its lines as arrays: [account, amount, balanceAfter, version, memo?, contactId?, tags?].
 */
export function writeFact(out: TextWriter, fact: Fact): void {
  if (fact.kind === "entry_posted") writeEntry(out, fact satisfies WrittenEntry);
  else out.text(JSON.stringify(fact));
}

function writeEntry(out: TextWriter, fact: EntryPosted): void {
  out.ascii('{"kind":"entry_posted","date":"');
  out.ascii(fact.date);
  out.ascii('"');
  if (fact.description !== null) writeString(out, ',"description":', fact.description);
  if (fact.reference !== null) writeString(out, ',"reference":', fact.reference);
  if (fact.externalId !== null) writeString(out, ',"externalId":', fact.externalId);
  if (fact.metadata !== null) writeJson(out, ',"metadata":', fact.metadata);
  if (fact.source !== null) writeJson(out, ',"source":', fact.source);
  if (fact.module !== "journal") writeString(out, ',"module":', fact.module);
  if (fact.flagged) out.ascii(',"flagged":true');
  if (fact.reversalOf !== null) writeJson(out, ',"reversalOf":', fact.reversalOf);
  if (fact.void) out.ascii(',"void":true');
  if (fact.reason !== null) writeString(out, ',"reason":', fact.reason);
  if (fact.replaces !== null) writeString(out, ',"replaces":', fact.replaces);
  if (fact.draftId !== null) writeString(out, ',"draftId":', fact.draftId);
  if (fact.hold !== null) writeJson(out, ',"hold":', fact.hold);
  out.ascii(',"lines":[');
  for (let i = 0; i < fact.lines.length; i++) {
    out.ascii(i > 0 ? ",[" : "[");
    writeLine(out, fact.lines[i] as FactLine satisfies WrittenLine);
    out.ascii("]");
  }
  out.ascii("]}");
}

function writeLine(out: TextWriter, line: FactLine): void {
  out.integer(line.account);
  out.ascii(",");
  out.integer(line.amount);
  out.ascii(",");
  out.integer(line.balanceAfter);
  out.ascii(",");
  out.integer(line.version);
  if (line.memo !== null || line.contactId !== null || line.tags !== null) {
    writeJson(out, ",", line.memo);
    writeJson(out, ",", line.contactId);
    writeJson(out, ",", line.tags);
  }
}

function writeString(out: TextWriter, name: string, value: string): void {
  out.ascii(name);
  out.jsonString(value);
}

function writeJson(out: TextWriter, name: string, value: unknown): void {
  out.ascii(name);
  out.text(JSON.stringify(value));
}

type StoredLine = [number, number, number, number, (string | null)?, (string | null)?, (string[] | null)?];
type StoredEntry = Partial<Omit<EntryPosted, "lines">> & {
  readonly kind: "entry_posted";
  readonly date: string;
  readonly lines: readonly StoredLine[];
};

function storedFact(text: string): Exclude<Fact, EntryPosted> | StoredEntry {
  // The text was written by writeFact and is sealed; its form is known.
  return JSON.parse(text) as Exclude<Fact, EntryPosted> | StoredEntry;
}

/** What a stored entry posts and when; undefined for any other fact. For sums over thousands of them: the whole fact costs twice as much. */
export function postingsOf(text: string): { readonly date: string; readonly lines: StoredEntry["lines"] } | undefined {
  const stored = storedFact(text);
  return stored.kind === "entry_posted" ? stored : undefined;
}

/** The fact of a stored text: the inverse of `writeFact`. */
export function decodeFact(text: string): Fact {
  const stored = storedFact(text);
  if (stored.kind !== "entry_posted") {
    if (stored.kind === "hold_placed") completeHold(stored);
    else if (stored.kind === "draft_saved" && typeof stored.content !== "number") completeDraft(stored.content);
    return stored;
  }
  return {
    kind: "entry_posted",
    date: stored.date,
    description: stored.description ?? null,
    reference: stored.reference ?? null,
    externalId: stored.externalId ?? null,
    metadata: stored.metadata ?? null,
    source: stored.source ?? null,
    module: stored.module ?? "journal",
    flagged: stored.flagged ?? false,
    reversalOf: stored.reversalOf ?? null,
    void: stored.void ?? false,
    reason: stored.reason ?? null,
    replaces: stored.replaces ?? null,
    draftId: stored.draftId ?? null,
    hold: stored.hold ?? null,
    lines: stored.lines.map((line) => ({
      account: line[0],
      amount: line[1],
      balanceAfter: line[2],
      version: line[3],
      memo: line[4] ?? null,
      contactId: line[5] ?? null,
      tags: line[6] ?? null,
    })),
  };
}
