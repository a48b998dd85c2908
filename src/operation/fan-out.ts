/** One request that writes to several ledgers, under one idempotency key: a row decides what each of them is asked for. */
import { type FanOutRow, findFanOut, findFanOutById, insertFanOut, noteDriven, waitingFanOuts } from "../db/fan-outs.ts";
import { present } from "../kernel/assert.ts";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import { type Failure, failureKinds } from "../kernel/failures.ts";
import type { Actor } from "../kernel/role.ts";
import type { Command } from "../ledger/rpc.ts";
import { requireSameRequest } from "./commit-once.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";
import { failureOf } from "./failure-of.ts";
import { type LedgerAnswer, ledgerKey } from "./ledger-write.ts";
import { sweepSites } from "./sweep.ts";
import type { SystemContext } from "./system-context.ts";

/** What one ledger is asked for: commands that are decided each by itself. */
export interface Leg {
  readonly ledger: number;
  readonly commands: readonly Command[];
}

/** What the ledgers are asked for. `aside`: what else is needed to answer the request again, as JSON has it. */
export interface FanOutPlan<A> {
  readonly legs: readonly Leg[];
  readonly aside: A;
}

/** What a ledger answered to its commands, or why it could not be asked for them. */
export type LegOutcome = { readonly answer: LedgerAnswer } | { readonly failure: Failure };

export interface FannedOut<A> {
  readonly aside: A;
  /** In the order of the plan's legs. */
  readonly legs: readonly { readonly leg: Leg; readonly outcome: LegOutcome }[];
  /** Whether all of it repeats what an earlier request with the key was answered. */
  readonly replayed: boolean;
}

/** The plan as it is stored. Whoever drives it on acts as who asked first. */
interface StoredPlan<A> extends FanOutPlan<A> {
  readonly actor: Actor;
  readonly requestId: string;
  /** The key under which a build without these rows wrote to each ledger: what it answered to the same leg is repeated. */
  readonly formerKey: string | undefined;
}

/**
 * Writes to several ledgers under the request's key, each under a key of its own that is made from the row: what a ledger knows the client's key
 * from is not in the way. Whoever repeats the request, and the sweep, drives the same plan to the same end.
 * Without a key the ledgers are asked once. Refuses, as `IDEMPOTENCY_KEY_REUSED`, a key of another request before any ledger is asked.
 */
export async function fanOut<A>(context: OperationContext, planOf: () => Promise<FanOutPlan<A>>): Promise<FannedOut<A>> {
  const { actor, requestId, idempotency: claim } = context;
  if (claim === undefined) {
    const { legs, aside } = await planOf();
    return { aside, legs: await writeLegs(context, { actor, requestId, formerKey: undefined, legs, aside }, undefined), replayed: false };
  }
  const found = await find(context, claim);
  const row =
    found ?? (await insert(context, claim, { actor, requestId, formerKey: ledgerKey(claim).idempotencyKey, ...(await planOf()) }));
  const { aside, legs } = await drive<A>(context, row);
  return { aside, legs, replayed: found === undefined ? legs.length > 0 && legs.every(isRepeated) : legs.every(isNotNew) };
}

function isRepeated({ outcome }: FannedOut<unknown>["legs"][number]): boolean {
  return "answer" in outcome && outcome.answer.outcome === "replayed";
}

function isNotNew(leg: FannedOut<unknown>["legs"][number]): boolean {
  return "failure" in leg.outcome || isRepeated(leg);
}

async function find(context: OperationContext, claim: IdempotencyClaim): Promise<FanOutRow | undefined> {
  const row = await findFanOut(context.db, claim);
  if (row === undefined || row.createdAt + idempotencyLifeMs <= context.clock()) return undefined;
  requireSameRequest(claim, row.fingerprint);
  return row;
}

/** The request's row, or that of another one with the key that came first. */
async function insert(context: OperationContext, claim: IdempotencyClaim, plan: StoredPlan<unknown>): Promise<FanOutRow> {
  const now = context.clock();
  const row: FanOutRow = {
    siteId: context.db.siteId,
    scope: claim.scope,
    key: claim.key,
    id: context.newId(),
    fingerprint: claim.fingerprint(),
    plan: JSON.stringify(plan),
    step: "writing",
    drivenAt: now,
    createdAt: now,
  };
  if (await insertFanOut(context.db, row, now - idempotencyLifeMs)) return row;
  return present(await find(context, claim), "a key that is taken has its row");
}

/** Asks every ledger of the row for its part, and notes once all have answered. */
async function drive<A>(context: OperationContext, row: FanOutRow): Promise<Pick<FannedOut<A>, "aside" | "legs">> {
  // Written by `insert`.
  const plan = JSON.parse(row.plan) as StoredPlan<A>;
  const legs = await writeLegs(context, plan, row.id);
  if (row.step === "writing") await noteDrivenIfOpen(context, row.id, legs.every(isFinal));
  return { aside: plan.aside, legs };
}

/** Where it cannot be noted, the sweep asks the ledgers again for what they have answered: no harm. */
async function noteDrivenIfOpen(context: OperationContext, id: string, isDone: boolean): Promise<void> {
  try {
    await noteDriven(context.db, id, isDone ? null : context.clock());
  } catch (error) {
    if (failureOf(error).code !== "SITE_MOVING") context.log.error("fan_out_note_late", error);
  }
}

function isFinal({ outcome }: FannedOut<unknown>["legs"][number]): boolean {
  return "answer" in outcome || !isRetryable(outcome.failure);
}

/** Whether the request may fare better when it is repeated under its key. A full ledger is closed out, and takes it then. */
export function isRetryable({ code }: Failure): boolean {
  return failureKinds[code].retryable || code === "LEDGER_FULL";
}

function writeLegs(context: OperationContext, plan: StoredPlan<unknown>, id: string | undefined): Promise<FannedOut<unknown>["legs"]> {
  return Promise.all(plan.legs.map(async (leg) => ({ leg, outcome: await writeLeg(context, plan, leg, id) })));
}

async function writeLeg(
  context: OperationContext,
  { actor, requestId, formerKey }: StoredPlan<unknown>,
  { ledger, commands }: Leg,
  id: string | undefined,
): Promise<LegOutcome> {
  // No operation has this name, so that no client's key is one of these.
  const key = id === undefined ? {} : { idempotencyKey: `fan-out ${id}`, ...(formerKey === undefined ? {} : { formerKey }) };
  try {
    const answer = await context.ledger(ledger).write(commands, { mode: "each", answer: "many", actor, requestId, ...key });
    return answer.outcome === "refused" ? { failure: answer.failure } : { answer };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === "INTERNAL") context.log.error("fan_out_leg", error, { ledger });
    return { failure };
  }
}

/**
 * Drives on what was interrupted, or a ledger could not answer. Not beyond a key's life: a ledger that was written under it
 * then may know it no more, and do it twice.
 */
export function sweepFanOuts(context: SystemContext): Promise<void> {
  return sweepSites(
    context,
    "fan_out_sweep",
    (database) => waitingFanOuts(context.env, database, context.clock() - idempotencyLifeMs),
    async (inSite, { id }) => {
      const row = await findFanOutById(inSite.db, id);
      if (row !== undefined) await drive(inSite, row);
    },
  );
}
