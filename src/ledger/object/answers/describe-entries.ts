import { present } from "../../../kernel/assert.ts";
import type { AccountTerms } from "../../domain/account.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { Overlay } from "../../domain/overlay.ts";
import { decodeContext } from "../log/journal.ts";
import type { StoredState } from "../state/stored-state.ts";
import type { Described } from "./described.ts";
import { describingOf } from "./describing.ts";
import { approvalText, idAt } from "./unposted-views.ts";
import { commitText, entryId, entryText } from "./views.ts";

/**
 * The entries of the given sequences, in the order given, as known at a sequence.
 * `overlay`: what is being written or tried and memory does not have yet.
 */
export function describeEntries(
  sql: SqlStorage,
  state: StoredState,
  sequences: readonly number[],
  knownAt: number,
  overlay?: Overlay,
): Described[] {
  const list = JSON.stringify(sequences);
  const reversals = new Map<number, { id: string; void: number }>();
  const addressOf = (atMs: number, sequence: number) => entryId(state.identity, atMs, sequence);
  for (const row of sql.exec<{ original: number; seq: number; void: number; context: string; draftId: string | null }>(
    `SELECT r.original AS original, r.reversal AS seq, r.void AS void, c.context AS context, j.body ->> '$.draftId' AS draftId
     FROM json_each(?) s JOIN reversal r ON r.original = s.value JOIN journal j ON j.seq = r.reversal JOIN journal c ON c.seq = j.commit_seq`,
    list,
  )) {
    if (row.seq <= knownAt)
      reversals.set(row.original, { id: row.draftId ?? addressOf(decodeContext(row.context).atMs, row.seq), void: row.void });
  }
  const describing = describingOf(state, knownAt);
  state.prepare(sequences);
  const references = new Map<number, string>();
  for (const row of sql.exec<{ entry: number; reference: string }>(
    "SELECT p.entry AS entry, p.reference AS reference FROM json_each(?) s JOIN posting_reference p ON p.entry = s.value WHERE p.seq <= ? ORDER BY p.entry, p.seq",
    list,
    knownAt,
  )) {
    references.set(row.entry, row.reference);
  }
  for (const sequence of sequences) {
    const fact = sequence < state.firstSequence ? state.earlier.fact(sequence) : undefined;
    const known = fact?.references.filter(([seq]) => seq <= knownAt).at(-1);
    if (known !== undefined && !references.has(sequence)) references.set(sequence, known[1]);
    const reversal = fact?.reversal;
    if (reversal && reversal.seq <= knownAt) reversals.set(sequence, { id: idAt(describing, reversal.seq), void: reversal.void });
  }
  overlay?.facts.forEach((fact, i) => {
    if (fact.kind === "posting_reference_set") references.set(fact.entry, fact.postingReference);
    if (fact.kind === "entry_posted" && fact.reversalOf !== null)
      reversals.set(fact.reversalOf, {
        id: fact.draftId ?? addressOf(overlay.atMs, overlay.firstSequence + i),
        void: fact.void ? 1 : 0,
      });
  });
  const accountOf = (no: number): AccountTerms => present((overlay ?? state).account(no), "a line's account exists");
  const entries = state.rows(sequences).flatMap((row) => {
    const fact = decodeFact(row.body);
    return fact.kind === "entry_posted" ? [{ row, fact }] : [];
  });
  state.prepare(entries.flatMap(({ fact }) => [fact.reversalOf, fact.hold]));
  const described: Described[] = [];
  for (const { row, fact } of entries) {
    const reversal = reversals.get(row.seq);
    const status = reversal === undefined ? "posted" : reversal.void ? "voided" : "reversed";
    const commit = commitText(state.identity, row.context, row.seal);
    const entry = {
      sequence: row.seq,
      fact,
      context: row.context,
      seal: row.seal,
      status,
      reversalOfId: fact.reversalOf === null ? null : idAt(describing, fact.reversalOf),
      reversedById: reversal?.id ?? null,
      postingReference: references.get(row.seq) ?? null,
      approval: approvalText(describing, fact, row.context.actor),
      holdId: fact.hold === null ? null : idAt(describing, fact.hold),
    } as const;
    described.push({
      text: entryText(entry, commit, accountOf, knownAt),
      made: { id: fact.draftId ?? commit.entryIds.whole(row.seq), state: status },
    });
  }
  return described;
}
