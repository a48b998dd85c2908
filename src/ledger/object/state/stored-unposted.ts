import { dayOf } from "../../../kernel/calendar-date.ts";
import type { Draft } from "../../domain/draft.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { Hold } from "../../domain/hold.ts";
import type { Overlay } from "../../domain/overlay.ts";
import { type GroupEnd, sourceText } from "../../domain/state.ts";
import type { LedgerIdentity, Source } from "../../rpc.ts";
import type { JournalRow } from "../log/journal.ts";
import type { Earlier } from "./earlier.ts";
import type { EntryIndex } from "./entry-index.ts";
import { externalIdTerm, groupTerm, sourceTerm } from "./terms.ts";
import { type DraftRow, draftOfRow, type HoldRow, holdOfRow } from "./unposted.ts";

/** The committed state around what is not posted. */
interface Surroundings {
  readonly identity: LedgerIdentity;
  readonly firstSequence: number;
  readonly earlier: Earlier;
  readonly index: EntryIndex;
  row(sequence: number): JournalRow | undefined;
}

/** What of the committed state is not posted: drafts, holds, and the ends of groups of holds. */
export class StoredUnposted {
  readonly #sql: SqlStorage;
  readonly #state: Surroundings;
  /** Most ledgers have neither, and need not look for them whenever they post. */
  #hasDrafts = false;
  #hasHolds = false;

  constructor(sql: SqlStorage, state: Surroundings) {
    this.#sql = sql;
    this.#state = state;
  }

  get hasDrafts(): boolean {
    return this.#hasDrafts;
  }

  get hasHolds(): boolean {
    return this.#hasHolds;
  }

  load(): void {
    this.#hasDrafts = this.#sql.exec("SELECT 1 FROM draft LIMIT 1").toArray().length > 0;
    // A generation that begins with no hold may begin with accounts that had some.
    this.#hasHolds = this.#sql.exec("SELECT 1 FROM hold UNION ALL SELECT 1 FROM account_pending LIMIT 1").toArray().length > 0;
  }

  /** Knows of what an overlay has stored. */
  merge({ drafts, holds }: Overlay): void {
    if (drafts.size > 0) this.#hasDrafts = true;
    if (holds.size > 0) this.#hasHolds = true;
  }

  draft(no: number): Draft | undefined {
    const own = this.ownDraft(no);
    const earlier = own === undefined && no < this.#state.firstSequence ? this.#state.earlier.fact(no)?.draft : undefined;
    return own ?? (earlier ? draftOfRow(this.#state, this.#state.identity, earlier) : undefined);
  }

  /** One of this generation, or one that it took over. */
  ownDraft(no: number): Draft | undefined {
    return this.#draftWhere("no = ?", no);
  }

  draftByExternalId(externalId: string): Draft | undefined {
    return this.#draftWhere("external_id = ? AND status IN ('draft', 'pending_approval')", externalId);
  }

  draftBySource(source: Source): Draft | undefined {
    return this.#hasDrafts ? this.#draftWhere("source = ? AND status IN ('draft', 'pending_approval')", sourceText(source)) : undefined;
  }

  #draftWhere(where: string, value: string | number): Draft | undefined {
    if (!this.#hasDrafts) return undefined;
    const row = this.#sql.exec<DraftRow>(`SELECT * FROM draft WHERE ${where} LIMIT 1`, value).toArray()[0];
    return row && draftOfRow(this.#state, this.#state.identity, row);
  }

  openDrafts(): number {
    return this.#hasDrafts ? this.#count("SELECT count(*) AS n FROM draft WHERE status IN ('draft', 'pending_approval')") : 0;
  }

  hold(no: number): Hold | undefined {
    const [own] = this.#holdsWhere("no = ? LIMIT 1", no);
    const earlier = own === undefined && no < this.#state.firstSequence ? this.#state.earlier.fact(no)?.hold : undefined;
    return own ?? (earlier ? holdOfRow(this.#state, this.#state.identity, earlier) : undefined);
  }

  holdByExternalId(externalId: string): Hold | undefined {
    const [own] = this.#holdsWhere("external_id = ? LIMIT 1", externalId);
    if (own !== undefined || this.#state.firstSequence === 1) return own;
    return this.#earlierHold(externalIdTerm(this.#state.index.termKey, externalId), ({ fact }) => fact.externalId === externalId);
  }

  holdBySource(source: Source): Hold | undefined {
    const [own] = this.#hasHolds ? this.#holdsWhere("source = ? LIMIT 1", sourceText(source)) : [];
    if (own !== undefined || this.#state.firstSequence === 1) return own;
    const text = sourceText(source);
    return this.#earlierHold(
      sourceTerm(this.#state.index.termKey, source),
      ({ fact }) => fact.source !== null && sourceText(fact.source) === text,
    );
  }

  /** A hold that was resolved in an earlier generation, of the names that the index has of it. */
  #earlierHold(hash: number, matches: (hold: Hold) => boolean): Hold | undefined {
    for (const sequence of this.#state.index.sequencesOf("term", hash)) {
      const hold = sequence < this.#state.firstSequence ? this.hold(sequence) : undefined;
      if (hold !== undefined && matches(hold)) return hold;
    }
    return undefined;
  }

  groupHoldsDated(from: string, to: string): readonly Hold[] {
    return this.#holdsWhere("status = 'open' AND group_id IS NOT NULL AND day BETWEEN ? AND ?", dayOf(from), dayOf(to));
  }

  openHoldsOf(groupId: string): readonly Hold[] {
    return this.#holdsWhere("status = 'open' AND group_id = ? ORDER BY no", groupId);
  }

  /** Open holds of any group, in the order in which they were placed, behind one of them. */
  openGroupHolds(after: number, limit: number): readonly Hold[] {
    return this.#holdsWhere("status = 'open' AND group_id IS NOT NULL AND no > ? ORDER BY no LIMIT ?", after, limit);
  }

  #holdsWhere(where: string, ...values: readonly (string | number)[]): readonly Hold[] {
    if (!this.#hasHolds) return [];
    return this.#sql
      .exec<HoldRow>(`SELECT * FROM hold WHERE ${where}`, ...values)
      .toArray()
      .map((row) => holdOfRow(this.#state, this.#state.identity, row));
  }

  openHolds(): number {
    return this.#hasHolds ? this.#count("SELECT count(*) AS n FROM hold WHERE status = 'open'") : 0;
  }

  #count(query: string): number {
    return this.#sql.exec<{ n: number }>(query).one().n;
  }

  groupEnd(groupId: string): GroupEnd | undefined {
    const { index } = this.#state;
    for (const sequence of index.sequencesOf("term", groupTerm(index.termKey, groupId))) {
      const row = this.#state.row(sequence);
      const fact = row === undefined ? undefined : decodeFact(row.body);
      if (fact?.kind === "group_ended" && fact.groupId === groupId) return { sequence, outcome: fact.outcome };
    }
    return undefined;
  }

  /** The numbers of open holds whose end has come, the earliest first, some at a time. */
  dueHolds(nowMs: number, max: number): readonly number[] {
    if (!this.#hasHolds) return [];
    return this.#sql
      .exec<{ no: number }>("SELECT no FROM hold WHERE status = 'open' AND expires_at <= ? ORDER BY expires_at, no LIMIT ?", nowMs, max)
      .toArray()
      .map(({ no }) => no);
  }

  /** When the next open hold ends, in Unix milliseconds; undefined where none does. */
  nextHoldEnd(): number | undefined {
    if (!this.#hasHolds) return undefined;
    return (
      this.#sql.exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM hold WHERE status = 'open' AND expires_at IS NOT NULL").one()
        .at ?? undefined
    );
  }
}
