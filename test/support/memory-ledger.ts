import type { Failure } from "../../src/kernel/failures.ts";
import type { Actor } from "../../src/kernel/role.ts";
import { TextWriter } from "../../src/kernel/text-writer.ts";
import { type Account, copyFigures } from "../../src/ledger/domain/account.ts";
import { applyFact } from "../../src/ledger/domain/apply.ts";
import type { Principal } from "../../src/ledger/domain/approval.ts";
import type { Command, LedgerIdentity, Source } from "../../src/ledger/domain/command.ts";
import { decide } from "../../src/ledger/domain/decide.ts";
import type { Draft } from "../../src/ledger/domain/draft.ts";
import type { Fact } from "../../src/ledger/domain/fact.ts";
import { decodeFact, writeFact } from "../../src/ledger/domain/fact-text.ts";
import type { Hold } from "../../src/ledger/domain/hold.ts";
import { Overlay } from "../../src/ledger/domain/overlay.ts";
import type { PeriodLock } from "../../src/ledger/domain/period-lock.ts";
import { neverRemoved } from "../../src/ledger/domain/standing.ts";
import {
  type GroupEnd,
  isOpenDraft,
  isOpenGroupHold,
  isOpenHold,
  type LedgerState,
  type MutableLedgerState,
  type RecordedEntry,
  refsOf,
  sourceText,
} from "../../src/ledger/domain/state.ts";
import { owner } from "./actors.ts";

export const identity: LedgerIdentity = {
  number: 4_000_000_007,
  ledgerId: "0198f000-0000-7000-8000-000000000001",
  siteId: "0198f000-0000-7000-8000-000000000002",
  entityId: "0198f000-0000-7000-8000-000000000003",
  currency: "USD",
  scale: 2,
};

export { agent, approver, owner, preparer } from "./actors.ts";

/** What one command came to. */
export type Item =
  | { readonly first: number; readonly facts: readonly Fact[] }
  | { readonly existing: number }
  | { readonly failure: Failure };

export interface Written {
  readonly items: readonly Item[];
  /** Set where an atomic write was refused. */
  readonly refused: Failure | undefined;
}

export interface WriteRequest {
  readonly mode?: "atomic" | "each";
  readonly dryRun?: boolean;
  readonly actor?: Actor;
  readonly atMs?: number;
}

/** A ledger with no disk: its log as stored texts, and the state folded from what the texts say. */
export interface MemoryLedger extends LedgerState {
  account(no: number): Account | undefined;
  readonly log: readonly { readonly body: string; readonly atMs: number }[];
  accounts(): readonly Account[];
  entries(): readonly RecordedEntry[];
  drafts(): readonly Draft[];
  holds(): readonly Hold[];
  /** Notes what is over at a time, as any call does. */
  expire(atMs: number): void;
  write(commands: readonly Command[], request?: WriteRequest): Written;
  /** Everything that the state is, as plain text to compare. */
  snapshot(): string;
}

/** An empty ledger, opened. */
export function memoryLedger(opened: LedgerIdentity = identity, atMs = 1_780_000_000_000): MemoryLedger {
  return foldLog([{ body: storedText({ kind: "ledger_opened", ...opened }), atMs }]);
}

/** The ledger that a log folds to: nothing but its texts go in. */
export function foldLog(stored: readonly { readonly body: string; readonly atMs: number }[]): MemoryLedger {
  const log: { body: string; atMs: number }[] = [];
  const accounts = new Map<number, Account>();
  const refs = new Map<string, number>();
  const entries = new Map<number, RecordedEntry>();
  const reversals = new Map<number, number>();
  const opened = (no: number): Account => {
    const account = accounts.get(no);
    if (account === undefined) throw new Error(`the log names account ${no}, which it never opened`);
    return account;
  };
  const references = new Map<number, Principal | null>();
  const drafts = new Map<number, Draft>();
  const holds = new Map<number, Hold>();
  const groupEnds = new Map<string, GroupEnd>();
  const isNamed = (of: { readonly source: Source | null }, source: Source) =>
    of.source !== null && sourceText(of.source) === sourceText(source);
  const state: MutableLedgerState & { sequence: number } = {
    identity,
    sequence: 0,
    locks: [] as readonly PeriodLock[],
    account: (no) => accounts.get(no),
    accountNumber: (ref) => refs.get(ref),
    parentsBelow(nos) {
      const ids = new Set<string | null>(nos.map((no) => opened(no).id));
      return [...accounts.values()]
        .filter(({ children, description }) => children > 0 && ids.has(description.parentId))
        .map(({ no }) => no);
    },
    entry: (sequence) => entries.get(sequence),
    entryByExternalId: (externalId) => find(entries, (entry) => entry.fact.externalId === externalId),
    entryBySource: (source) => find(entries, (entry) => entry.fact.source !== null && sourceText(entry.fact.source) === sourceText(source)),
    reversalOf: (sequence) => reversals.get(sequence),
    postingReferenceBy: (sequence) => references.get(sequence),
    policy: "none",
    shared: { revision: 0, sequence: 0 },
    standing: neverRemoved,
    draft: (no) => drafts.get(no),
    draftByExternalId: (externalId) => find(drafts, (draft) => isOpenDraft(draft) && draft.content.externalId === externalId),
    draftBySource: (source) => find(drafts, (draft) => isOpenDraft(draft) && isNamed(draft.content, source)),
    hold: (no) => holds.get(no),
    holdByExternalId: (externalId) => find(holds, (hold) => hold.fact.externalId === externalId),
    holdBySource: (source) => find(holds, (hold) => isNamed(hold.fact, source)),
    groupHoldsDated: (from, to) =>
      [...holds.values()].filter((hold) => isOpenGroupHold(hold) && hold.fact.date >= from && hold.fact.date <= to),
    hasEntries: () => entries.size > 0,
    openDrafts: () => [...drafts.values()].filter(isOpenDraft).length,
    openHolds: () => [...holds.values()].filter(isOpenHold).length,
    openHoldsOf: (groupId) => [...holds.values()].filter(({ status, fact }) => status === "open" && fact.groupId === groupId),
    groupEnd: (groupId) => groupEnds.get(groupId),
    figures: opened,
    touchTerms: opened,
    touchFigures: opened,
    addAccount(account) {
      accounts.set(account.no, account);
      for (const ref of refsOf(account)) refs.set(ref, account.no);
    },
    indexAccount(before, after) {
      for (const ref of refsOf(before)) refs.delete(ref);
      for (const ref of refsOf(after)) refs.set(ref, after.no);
    },
    addEntry: (sequence, entryAtMs, fact) => void entries.set(sequence, { sequence, atMs: entryAtMs, fact }),
    setPostingReference: (entry, by) => void references.set(entry, by),
    setReversal: (original, reversal) => void reversals.set(original, reversal),
    setLocks(locks) {
      Object.assign(state, { locks });
    },
    setIdentity(opened) {
      Object.assign(state, { identity: opened });
    },
    setPolicy(policy) {
      Object.assign(state, { policy });
    },
    setShared(shared) {
      Object.assign(state, { shared });
    },
    setStanding(standing) {
      Object.assign(state, { standing });
    },
    setDraft: (draft) => void drafts.set(draft.no, draft),
    setHold: (hold) => void holds.set(hold.no, hold),
    setGroupEnd: (groupId, end) => void groupEnds.set(groupId, end),
  };
  const fold = (body: string, atMs: number): void => {
    log.push({ body, atMs });
    state.sequence += 1;
    applyFact(state, decodeFact(body), state.sequence, atMs);
  };
  for (const { body, atMs } of stored) fold(body, atMs);

  /** What is over at a time is noted before anything else. */
  const expire = (atMs: number): void => {
    const endOf = (hold: Hold) => hold.fact.expiresAtMs ?? Number.POSITIVE_INFINITY;
    const due = [...holds.values()].filter((hold) => hold.status === "open" && endOf(hold) <= atMs);
    due.sort((a, b) => endOf(a) - endOf(b) || a.no - b.no);
    if (due.length > 0) fold(storedText({ kind: "holds_expired", holds: due.map(({ no }) => no) }), atMs);
  };

  /** The object's own way with commands: decide on an overlay, and only what the overlay took reaches the log. */
  const write = (commands: readonly Command[], request: WriteRequest = {}): Written => {
    const { mode = "atomic", dryRun = false, actor = owner, atMs = log.at(-1)?.atMs ?? 0 } = request;
    expire(atMs);
    const overlay = new Overlay(state, atMs);
    const items: Item[] = [];
    for (const command of commands) {
      const decision = decide(overlay, command, actor);
      if (!decision.ok) {
        if (mode === "atomic") return { items: [], refused: decision.failure };
        items.push({ failure: decision.failure });
      } else if (decision.value.existing !== undefined) {
        items.push({ existing: decision.value.existing });
      } else {
        items.push({ first: overlay.sequence + 1, facts: decision.value.facts });
        overlay.take(decision.value.facts);
      }
    }
    if (dryRun) return { items, refused: undefined };
    const touched = [...overlay.accounts.keys(), ...overlay.touched.keys()].map((no) => ({
      ...accounts.get(no),
      ...overlay.account(no),
      ...copyFigures(overlay.figures(no)),
    }));
    for (const fact of overlay.facts) fold(storedText(fact), atMs);
    // What the overlay showed to later commands of the same write is what the log has afterwards.
    for (const account of touched) {
      const told = accountText(accounts.get(account.no ?? 0));
      if (told !== accountText(account)) throw new Error(`the overlay had ${accountText(account)}, the log tells ${told}`);
    }
    return { items, refused: undefined };
  };

  return {
    get identity() {
      return state.identity;
    },
    get sequence() {
      return state.sequence;
    },
    get locks() {
      return state.locks;
    },
    account: (no) => accounts.get(no),
    figures: state.figures,
    accountNumber: state.accountNumber,
    parentsBelow: state.parentsBelow,
    entry: state.entry,
    entryByExternalId: state.entryByExternalId,
    entryBySource: state.entryBySource,
    reversalOf: state.reversalOf,
    postingReferenceBy: state.postingReferenceBy,
    get policy() {
      return state.policy;
    },
    get shared() {
      return state.shared;
    },
    draft: state.draft,
    draftByExternalId: state.draftByExternalId,
    draftBySource: state.draftBySource,
    hold: state.hold,
    holdByExternalId: state.holdByExternalId,
    holdBySource: state.holdBySource,
    groupHoldsDated: state.groupHoldsDated,
    get standing() {
      return state.standing;
    },
    hasEntries: state.hasEntries,
    openDrafts: state.openDrafts,
    openHolds: state.openHolds,
    openHoldsOf: state.openHoldsOf,
    groupEnd: state.groupEnd,
    expire,
    drafts: () => [...drafts.values()],
    holds: () => [...holds.values()],
    log,
    accounts: () => [...accounts.values()],
    entries: () => [...entries.values()],
    write,
    snapshot: () =>
      JSON.stringify({
        sequence: state.sequence,
        locks: state.locks,
        accounts: [...accounts.values()].map(accountText),
        refs: [...refs].sort(([a], [b]) => (a < b ? -1 : 1)),
        entries: [...entries.values()],
        reversals: [...reversals],
        policy: state.policy,
        shared: state.shared,
        standing: state.standing,
        drafts: [...drafts.values()],
        holds: [...holds.values()],
        groupEnds: [...groupEnds],
      }),
  };
}

function storedText(fact: Fact): string {
  const out = new TextWriter(256);
  writeFact(out, fact);
  return new TextDecoder().decode(out.bytes());
}

function find<T>(of: ReadonlyMap<number, T>, matches: (one: T) => boolean): T | undefined {
  for (const one of of.values()) if (matches(one)) return one;
  return undefined;
}

/** An account as text, its bigint turnover included. */
export function accountText(account: Partial<Account> | undefined): string {
  return JSON.stringify(account, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}
