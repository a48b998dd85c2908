import type { PostEntry, Source } from "./command.ts";
import { refusalAt } from "./decision.ts";
import type { Draft } from "./draft.ts";
import type { DraftContent, EntryPosted, HoldPlaced } from "./fact.ts";
import type { Hold } from "./hold.ts";
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
export function sameContent(
  content: Named["content"],
  asked: Omit<PostEntry, "kind">,
  lines: readonly {
    readonly account: number;
    readonly amount: number;
    readonly memo: string | null;
    readonly contactId: string | null;
    readonly tags: readonly string[] | null;
  }[],
): boolean {
  if (
    content.date !== asked.date ||
    content.description !== (asked.description ?? null) ||
    content.reference !== (asked.reference ?? null) ||
    content.externalId !== (asked.externalId ?? null) ||
    ("replaces" in content ? content.replaces : null) !== (asked.replaces ?? null) ||
    content.module !== (asked.module ?? "journal") ||
    JSON.stringify(content.source) !== JSON.stringify(asked.source ?? null) ||
    !sameStrings(content.metadata, asked.metadata ?? null) ||
    content.lines.length !== lines.length
  ) {
    return false;
  }
  return lines.every((line, i) => {
    const there = content.lines[i];
    return (
      there !== undefined &&
      there.account === line.account &&
      there.amount === line.amount &&
      there.memo === line.memo &&
      there.contactId === line.contactId &&
      JSON.stringify(there.tags) === JSON.stringify(line.tags)
    );
  });
}

function sameStrings(a: Readonly<Record<string, string>> | null, b: Readonly<Record<string, string>> | null): boolean {
  const keys = Object.keys(a ?? {});
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a?.[key] === b?.[key]);
}
