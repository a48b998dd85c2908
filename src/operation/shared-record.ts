/**
 * What an entity's ledgers share has one decider: its record in the site's database. A wish is set there by compare-and-set, then told to every ledger as
 * one fact with its revision. Whoever comes along drives it on, and the sweep; a revision that a ledger has passed changes nothing there.
 */
import {
  addSharedRecord,
  findSharedRecord,
  holdShared,
  isHeld,
  isNotHeldYet,
  neverHeld,
  type SharedRecord,
  trySharedWish,
} from "../db/shared-records.ts";
import { type Failure, failure } from "../kernel/failures.ts";
import type { Actor } from "../kernel/role.ts";
import { initialShared, isSameShared, refusedLock, strictestShared, withoutRefused } from "../ledger/domain/shared-record.ts";
import type { SharedContent, SharedRecordView } from "../ledger/rpc.ts";
import { notFound, Refused, refusal } from "../platform/refused.ts";
import type { OperationContext } from "./context.ts";
import { refusedByRemoval } from "./entity.ts";

/** A ledger of the entity, as the catalogue lists it. */
export interface SharingLedger {
  readonly id: string;
  readonly number: number;
}

/** Lists the entity's ledgers, as they are now. */
export type ListLedgers = () => Promise<readonly SharingLedger[]>;

/** Where the record stands: what is wished, and the ledgers that do not hold it yet. */
export interface SharedStanding {
  readonly record: SharedRecord;
  readonly pending: SharedPending | undefined;
}

export interface SharedPending {
  readonly revision: number;
  readonly ledgers: readonly PendingLedger[];
}

export interface PendingLedger {
  readonly ledgerId: string;
  /** Why it does not hold the revision, where it said so. */
  readonly failure: Failure;
}

/** How often a record is looked at again that moves on under the hands of others. */
const attemptsMax = 10;

/** Who sets what nobody asked for in these words: a record made of what the ledgers hold, and one without what a ledger has refused. */
const itself: Actor = { kind: "service", id: "countinghouse/shared-records", role: "OWNER" };

/** The record of an entity in the making. */
export function newSharedRecord(context: OperationContext, entityId: string, content: SharedContent): SharedRecord {
  const revision = isSameShared(content, initialShared) ? 0 : 1;
  return { entityId, revision, content, heldRevision: revision, held: content, wishedBy: wishedBy(context), withdrawn: [] };
}

/** Who wishes, as the ledgers' logs say it. */
export function wishedBy({ actor, requestId }: Pick<OperationContext, "actor" | "requestId">): SharedRecord["wishedBy"] {
  return { actor, requestId };
}

/** The entity's record. Of an entity that earlier builds made it is made here: of the strictest of what its ledgers hold. */
export async function sharedRecord(context: OperationContext, entityId: string, listLedgers: ListLedgers): Promise<SharedRecord> {
  const found = await findSharedRecord(context.db, entityId);
  if (found !== undefined) return found;
  const ledgers = await listLedgers();
  const views = await Promise.all(ledgers.map(({ number }) => context.ledger(number).read<SharedRecordView>({ kind: "shared_record" })));
  const content = strictestShared(views.map((view) => view.content));
  const nothingWasSaid = views.every((view) => view.revision === 0 && isSameShared(view.content, initialShared));
  const revision = nothingWasSaid ? 0 : Math.max(0, ...views.map((view) => view.revision)) + 1;
  const by = wishedBy({ actor: itself, requestId: context.requestId });
  const heldRevision = nothingWasSaid ? 0 : neverHeld;
  await addSharedRecord(context.db, { entityId, revision, content, heldRevision, held: content, wishedBy: by, withdrawn: [] });
  const made = await findSharedRecord(context.db, entityId);
  // Nothing is added to an entity that is being deleted.
  if (made === undefined) throw await refusedByRemoval(context, entityId, "path");
  return made;
}

/**
 * Tells the record to each ledger until all hold it, or some do not answer. A wish that a ledger cannot take is taken back, under a further revision.
 * Refuses nothing: what comes of it stands in the record.
 */
export async function driveShared(context: OperationContext, entityId: string, listLedgers: ListLedgers): Promise<SharedStanding> {
  for (let attempt = 1; ; attempt++) {
    const record = await sharedRecord(context, entityId, listLedgers);
    if (isHeld(record)) return { record, pending: undefined };
    // Listed after the record was read: a ledger that is listed later was told of this revision before.
    const told = await Promise.all((await listLedgers()).map((ledger) => tell(context, ledger, record)));
    const outcome = await conclude(context, record, told);
    if (outcome !== "again") return outcome;
    if (attempt >= attemptsMax) return { record, pending: { revision: record.revision, ledgers: told.map(pendingOf) } };
  }
}

/** The same where the record is not what the caller is there for: that it cannot be driven now fails nothing. */
export async function driveSharedAside(context: OperationContext, entityId: string, listLedgers: ListLedgers): Promise<SharedStanding> {
  try {
    return await driveShared(context, entityId, listLedgers);
  } catch (error) {
    const record = await findSharedRecord(context.db, entityId);
    if (record === undefined) throw error;
    context.log.error("shared_record_driven", error, { entityId });
    if (isHeld(record)) return { record, pending: undefined };
    const ledgers = await listLedgers();
    return { record, pending: { revision: record.revision, ledgers: ledgers.map(({ id }) => ({ ledgerId: id, failure: silent })) } };
  }
}

/** What a ledger has said to a revision: it holds it; it holds one that is ahead of the record's; it cannot take it; or nothing that decides. */
type Told = { readonly ledgerId: string } & (
  | { readonly is: "held" }
  | { readonly is: "ahead"; readonly revision: number }
  | { readonly is: "refused"; readonly failure: Failure }
  | { readonly is: "silent"; readonly failure: Failure }
);

const silent = failure("OVERLOADED", "The ledger does not answer at this moment; it is told again.");

function pendingOf(told: Told): PendingLedger {
  return { ledgerId: told.ledgerId, failure: "failure" in told ? told.failure : silent };
}

async function tell(context: OperationContext, { id, number }: SharingLedger, record: SharedRecord): Promise<Told> {
  const { revision, content } = record;
  try {
    const outcome = await context
      .ledger(number)
      .write([{ kind: "set_shared_record", revision, content }], { mode: "atomic", answer: "one", ...record.wishedBy });
    if (outcome.outcome === "refused")
      return { ledgerId: id, is: refusedLock(outcome.failure) === undefined ? "silent" : "refused", failure: outcome.failure };
    // Written by the ledger's object.
    const view = JSON.parse(outcome.body) as SharedRecordView;
    // Of the same revision with another content, the database or the ledger was restored to an earlier time.
    if (view.revision === revision && isSameShared(view.content, content)) return { ledgerId: id, is: "held" };
    return { ledgerId: id, is: "ahead", revision: view.revision };
  } catch (error) {
    context.log.error("shared_record_told", error, { ledgerNumber: number });
    return { ledgerId: id, is: "silent", failure: error instanceof Refused ? error.failure : silent };
  }
}

async function conclude(context: OperationContext, record: SharedRecord, told: readonly Told[]): Promise<SharedStanding | "again"> {
  const refused = told.find((one) => one.is === "refused");
  if (refused !== undefined) {
    const left = await takeBack(context, record, refused);
    if (left === "again") return left;
    // What cannot be taken back is held by others already: it waits for the ledger's holds.
  } else {
    const ahead = Math.max(0, ...told.map((one) => (one.is === "ahead" ? one.revision : 0)));
    if (ahead > 0) {
      const { content, wishedBy: by } = record;
      await trySharedWish(context.db, record, { content, wishedBy: by, revision: Math.max(ahead, record.revision) + 1 });
      return "again";
    }
  }
  const pending = told.filter(({ is }) => is !== "held").map(pendingOf);
  if (pending.length > 0) return standingOf(context, record, pending);
  return (await holdShared(context.db, record))
    ? { record: { ...record, heldRevision: record.revision, held: record.content }, pending: undefined }
    : "again";
}

/** Wishes the record without what a ledger has refused, unless it has moved on or is held by all by now. */
async function takeBack(
  context: OperationContext,
  record: SharedRecord,
  told: Told & { readonly is: "refused" },
): Promise<"again" | "stays"> {
  const content = withoutRefused(record.content, record.held, told.failure);
  if (isSameShared(content, record.content)) return "stays";
  const details = told.failure.details?.map((detail) => ({ ...detail, ledgerId: told.ledgerId })) ?? [];
  const withdrawn = [...record.withdrawn, { revision: record.revision + 1, failure: { ...told.failure, details } }].slice(-withdrawnKept);
  const by = wishedBy({ actor: itself, requestId: context.requestId });
  await trySharedWish(context.db, record, { content, wishedBy: by, withdrawn }, isNotHeldYet);
  return "again";
}

/** As many as may be taken back while one request waits for what becomes of its own. */
const withdrawnKept = 10;

/** Ledgers are left that do not hold the record: unless somebody else has driven it further meanwhile. */
async function standingOf(
  context: OperationContext,
  record: SharedRecord,
  ledgers: readonly PendingLedger[],
): Promise<SharedStanding | "again"> {
  const now = await findSharedRecord(context.db, record.entityId);
  if (now === undefined) throw notFound();
  return now.revision !== record.revision || isHeld(now) ? "again" : { record: now, pending: { revision: record.revision, ledgers } };
}

/**
 * Brings the record and the ledgers together again after one of them was restored to an earlier time. What a ledger has passed beyond the record was
 * decided last, and is wished again; what a ledger has lost it is told again.
 */
export async function healShared(context: OperationContext, entityId: string, listLedgers: ListLedgers): Promise<SharedStanding> {
  return whileSharedMoves(async () => {
    const record = await sharedRecord(context, entityId, listLedgers);
    const ledgers = await listLedgers();
    const views = await Promise.all(ledgers.map(({ number }) => context.ledger(number).read<SharedRecordView>({ kind: "shared_record" })));
    const last = views.reduce<SharedRecordView>((a, b) => (b.revision > a.revision ? b : a), record);
    const isTogether = views.every((view) => view.revision === last.revision && isSameShared(view.content, last.content));
    if (last === record && (isTogether || !isHeld(record))) return driveShared(context, entityId, listLedgers);
    const wish = {
      content: last.content,
      wishedBy: wishedBy({ actor: itself, requestId: context.requestId }),
      revision: last.revision + 1,
    };
    return (await trySharedWish(context.db, record, wish)) ? driveShared(context, entityId, listLedgers) : "moved";
  });
}

/** Why the ledgers would not take what is to be wished in the record's place, of those that can be asked now: the first refusal. */
export async function askLedgers(
  context: OperationContext,
  ledgers: readonly SharingLedger[],
  record: SharedRecord,
  content: SharedContent,
): Promise<Failure | undefined> {
  const command = { kind: "set_shared_record", revision: record.revision + 1, content } as const;
  const { actor, requestId } = context;
  const asked = ledgers.map(async ({ id, number }) => {
    try {
      const outcome = await context.ledger(number).write([command], { mode: "atomic", answer: "one", dryRun: true, actor, requestId });
      if (outcome.outcome !== "refused") return undefined;
      // What is in the record already is refused for itself, and waits for the ledger's holds.
      if (isSameShared(withoutRefused(content, record.content, outcome.failure), content)) return undefined;
      return { ...outcome.failure, details: outcome.failure.details?.map((detail) => ({ ...detail, ledgerId: id })) ?? [] };
    } catch (error) {
      // It is told later, and refuses then.
      context.log.error("shared_record_asked", error, { ledgerNumber: number });
      return undefined;
    }
  });
  return (await Promise.all(asked)).find((refused) => refused !== undefined);
}

/** Repeats a change of the record that was read, for as long as others come first. */
export async function whileSharedMoves<T>(change: () => Promise<T | "moved">): Promise<T> {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const outcome = await change();
    if (outcome !== "moved") return outcome;
  }
  throw refusal("OVERLOADED", "What the entity's ledgers share is being changed by many requests at once; repeat this one.");
}
