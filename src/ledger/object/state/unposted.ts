/** Drafts and holds as their tables have them. What they say stands in the journal. */
import { present } from "../../../kernel/assert.ts";
import { encodeAddress } from "../../../kernel/id.ts";
import { type DraftStatus, type Principal, principalOf } from "../../domain/approval.ts";
import type { Draft } from "../../domain/draft.ts";
import type { Fact } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { Hold, HoldStatus } from "../../domain/hold.ts";
import type { LedgerIdentity } from "../../rpc.ts";
import type { JournalRow } from "../log/journal.ts";

export type DraftRow = {
  no: number;
  at: number;
  status: DraftStatus;
  saved: number;
  content: number;
  entry: number | null;
};

export type HoldRow = { no: number; at: number; status: HoldStatus; resolved: number | null };

/** What finds the rows of the log. */
interface Log {
  row(sequence: number): JournalRow | undefined;
}

function factAt<K extends Fact["kind"]>(log: Log, sequence: number, kind: K): Extract<Fact, { kind: K }> {
  const fact = decodeFact(present(log.row(sequence), "the table names a fact of the journal").body);
  if (fact.kind !== kind) throw new Error(`assertion failed: sequence ${sequence} is ${fact.kind}, and should be ${kind}`);
  // Compared just above.
  return fact as Extract<Fact, { kind: K }>;
}

export function draftOfRow(log: Log, identity: LedgerIdentity, row: DraftRow): Draft {
  const { no, at, status, saved, content, entry } = row;
  const fact = factAt(log, saved, "draft_saved");
  const written = contentAt(log, content);
  return {
    no,
    id: encodeAddress({ atMs: at, ledgerNumber: identity.number, kind: "entry", sequence: no }),
    status,
    version: fact.version,
    preparers: fact.preparers,
    ...written,
    contentSequence: content,
    savedSequence: saved,
    reason: fact.reason,
    entry,
  };
}

function contentAt(log: Log, sequence: number): Pick<Draft, "content" | "writtenBy"> {
  const { content, writtenBy } = factAt(log, sequence, "draft_saved");
  if (typeof content === "number") throw new Error("assertion failed: a draft names the version that has its content");
  return { content, writtenBy: writtenBy ?? writerOf(log, sequence) };
}

/** Who wrote what a row of the log has: the actor of its commit. Facts of earlier builds do not say it themselves. */
export function writerOf(log: Log, sequence: number): Principal {
  return principalOf(present(log.row(sequence), "the sequence is in the log").context.actor);
}

export function holdOfRow(log: Log, identity: LedgerIdentity, { no, at, status, resolved }: HoldRow): Hold {
  return {
    no,
    id: encodeAddress({ atMs: at, ledgerNumber: identity.number, kind: "hold", sequence: no }),
    status,
    fact: factAt(log, no, "hold_placed"),
    resolved,
  };
}
