import { dateOfDay, dayOf } from "../../kernel/calendar-date.ts";
import type { Failure } from "../../kernel/failures.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import { approvalPolicies } from "./approval.ts";
import type { SetSharedRecord } from "./command.ts";
import { type Decision, made, refusalAt } from "./decision.ts";
import { levelAt, type Module, type PeriodLock, restoreLocks, strictestLocks, strictnessOf } from "./period-lock.ts";
import type { SharedContent } from "./shared-content.ts";
import type { LedgerState, MutableLedgerState } from "./state.ts";

/** A part of the record: what a ledger holds of it before it was told any, and what is to be known to change it. */
interface SharedMember<Value> {
  readonly initial: Value;
  /** The one that lets through what both let through, and no more. */
  readonly strictest: (a: Value, b: Value) => Value;
  readonly apply: (state: MutableLedgerState, value: Value) => void;
  /** Why the ledger cannot take the value as it stands; undefined where it can. */
  readonly refusal: (state: LedgerState, value: Value) => Failure | undefined;
  /** The wished value without what a ledger has refused, which is as it was held before. */
  readonly withoutRefused: (wished: Value, held: Value, refusal: Failure) => Value;
}

const sharedMembers = {
  policy: {
    initial: "none",
    strictest: (a, b) => (approvalPolicies.indexOf(a) >= approvalPolicies.indexOf(b) ? a : b),
    apply: (state, policy) => state.setPolicy(policy),
    refusal: () => undefined,
    withoutRefused: (wished) => wished,
  },
  locks: {
    initial: [],
    strictest: strictestLocks,
    apply: (state, locks) => state.setLocks(locks),
    refusal: locksRefusal,
    withoutRefused: withoutRefusedLock,
  },
} as const satisfies { readonly [Member in keyof SharedContent]: SharedMember<SharedContent[Member]> };

type Members = readonly { readonly name: keyof SharedContent; readonly member: SharedMember<unknown> }[];
/** The table as a list, in which a member's value goes with the member of its name alone. */
const members = Object.entries(sharedMembers).map(([name, member]) => ({ name, member })) as unknown as Members;

function contentOf(take: (one: Members[number]) => unknown): SharedContent {
  return Object.fromEntries(members.map((one) => [one.name, take(one)])) as unknown as SharedContent;
}

/** The record of an entity of which nothing was ever said. */
export const initialShared: SharedContent = contentOf(({ member }) => member.initial);

/** A stored record, completed with what earlier builds did not share. */
export function completeShared(stored: Partial<SharedContent>): SharedContent {
  return contentOf(({ name, member }) => stored[name] ?? member.initial);
}

/** What holds wherever any of the records does. */
export function strictestShared(records: readonly SharedContent[]): SharedContent {
  return records.reduce((a, b) => contentOf(({ name, member }) => member.strictest(a[name], b[name])), initialShared);
}

/** The record's content among what else there is. */
export function sharedOf(whole: SharedContent): SharedContent {
  return contentOf(({ name }) => whole[name]);
}

/** What is wished without what a ledger has refused of it. The same where nothing of it can be taken back: it is held already. */
export function withoutRefused(wished: SharedContent, held: SharedContent, refusal: Failure): SharedContent {
  return contentOf(({ name, member }) => member.withoutRefused(wished[name], held[name], refusal));
}

/** Whether two records say the same. */
export function isSameShared(a: SharedContent, b: SharedContent): boolean {
  return members.every(({ name }) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
}

/**
 * Has the ledger hold the record as it is at a revision. A revision that it has passed changes nothing: the one that it holds stands for the answer.
 * Refuses, as `IN_USE`, what its open holds of groups do not allow.
 */
export function decideSharedRecord(state: LedgerState, { revision, content }: SetSharedRecord): Result<Decision, Failure> {
  if (revision <= state.shared.revision) return ok({ facts: [], existing: state.shared.sequence });
  const complete = completeShared(content);
  for (const { name, member } of members) {
    const refusal = member.refusal(state, complete[name]);
    if (refusal !== undefined) return refuse(refusal);
  }
  return made({ kind: "shared_record_set", revision, ...complete });
}

/** Has the state be as the record says, whole: a member that is missing is as a ledger begins with it. */
export function applyShared(state: MutableLedgerState, record: Partial<SharedContent>): void {
  const complete = completeShared(record);
  for (const { name, member } of members) member.apply(state, complete[name]);
}

/**
 * A day on which a hold of a group stands may not be locked any harder: its settlement could be refused then. Names the lock that would,
 * by which the caller knows what to take back.
 */
function locksRefusal(state: LedgerState, locks: readonly PeriodLock[]): Failure | undefined {
  const from = Math.min(...locks.map(({ startDay }) => startDay));
  const to = Math.max(...locks.map(({ endDay }) => endDay));
  if (locks.length === 0 || JSON.stringify(locks) === JSON.stringify(state.locks)) return undefined;
  for (const { id, fact } of state.groupHoldsDated(dateOfDay(from), dateOfDay(to))) {
    const day = dayOf(fact.date);
    const level = levelAt(locks, day, fact.module);
    if (strictnessOf(level) <= strictnessOf(levelAt(state.locks, day, fact.module))) continue;
    const lock = locks.find((one) => one.level === level && levelAt([one], day, fact.module) === level);
    if (lock === undefined) throw new Error("assertion failed: a day is locked by one of the locks");
    return refusalAt("IN_USE", `An open hold of a group is dated ${fact.date}; it is to be settled or released first.`, "/startDate", {
      holdId: id,
      startDate: dateOfDay(lock.startDay),
      endDate: dateOfDay(lock.endDay),
      module: lock.module,
    });
  }
  return undefined;
}

/** The period and module of the lock that a refusal of the record names; undefined for a refusal of another kind. */
export function refusedLock(refusal: Failure): Pick<PeriodLock, "startDay" | "endDay" | "module"> | undefined {
  const { startDate, endDate, module } = (refusal.details?.[0] ?? {}) as Readonly<Record<string, unknown>>;
  if (refusal.code !== "IN_USE" || typeof startDate !== "string" || typeof endDate !== "string") return undefined;
  // Written by `locksRefusal`.
  return { startDay: dayOf(startDate), endDay: dayOf(endDate), module: module as Module };
}

function withoutRefusedLock(wished: readonly PeriodLock[], held: readonly PeriodLock[], refusal: Failure): readonly PeriodLock[] {
  const lock = refusedLock(refusal);
  return lock === undefined ? wished : restoreLocks(wished, held, lock);
}
