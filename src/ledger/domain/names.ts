import type { Source } from "./command.ts";
import { refusalAt } from "./decision.ts";
import type { Draft } from "./draft.ts";
import { type AskedContent, sameEntryContent, sameLineContent } from "./entry-fields.ts";
import type { DraftContent, EntryPosted, HoldPlaced } from "./fact.ts";
import type { Hold } from "./hold.ts";
import type { NamedLine } from "./post.ts";
import { idOf } from "./recorded-entry.ts";
import type { LedgerState, RecordedEntry } from "./state.ts";

/** An entry, draft or hold that has an external id or a source: neither is ever given twice. */
export interface Named {
  readonly kind: "entry" | "draft" | "hold";
  /** Of the fact that has its present content. */
  readonly sequence: number;
  readonly id: string;
  readonly content: EntryPosted | DraftContent | HoldPlaced;
}

/** What has the external id; undefined where nothing has. */
export function namedByExternalId(state: LedgerState, externalId: string): Named | undefined {
  return named(state, state.entryByExternalId(externalId), state.holdByExternalId(externalId), () => state.draftByExternalId(externalId));
}

export function namedBySource(state: LedgerState, source: Source): Named | undefined {
  return named(state, state.entryBySource(source), state.holdBySource(source), () => state.draftBySource(source));
}

/** A hold goes before the entry that settled it, which has its names from it. */
function named(
  state: LedgerState,
  entry: RecordedEntry | undefined,
  hold: Hold | undefined,
  draftOf: () => Draft | undefined,
): Named | undefined {
  if (hold !== undefined) return { kind: "hold", sequence: hold.no, id: hold.id, content: hold.fact };
  if (entry !== undefined) return { kind: "entry", sequence: entry.sequence, id: idOf(state, entry), content: entry.fact };
  const draft = draftOf();
  return draft && { kind: "draft", sequence: draft.savedSequence, id: draft.id, content: draft.content };
}

/** Refuses an external id that is taken. */
export function externalIdTaken(externalId: string, by: Named) {
  const what = by.kind === "hold" ? "a hold" : "an entry";
  return refusalAt(
    "EXTERNAL_ID_TAKEN",
    `The externalId ${JSON.stringify(externalId)} belongs to ${what} with other content.`,
    "/externalId",
    {
      [by.kind === "hold" ? "holdId" : "entryId"]: by.id,
    },
  );
}

export function sourceTaken(by: Named) {
  return refusalAt("SOURCE_CONFLICT", "The source document posted this step before, with other content.", "/source", {
    [by.kind === "hold" ? "holdId" : "entryId"]: by.id,
  });
}

/** Whether what is asked for is what is there: a repetition, which changes nothing. */
export function sameContent(content: Named["content"], asked: AskedContent, lines: readonly NamedLine[]): boolean {
  if (!sameEntryContent(content, asked) || content.lines.length !== lines.length) return false;
  return lines.every((line, i) => {
    const there = content.lines[i];
    return there !== undefined && there.account === line.account && there.amount === line.amount && sameLineContent(there, line);
  });
}
