import { and, eq, lte } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { idempotencyKeys } from "../db/idempotency-tables.ts";
import { isUniqueViolation, runBatch } from "../db/run-batch.ts";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import { failure } from "../kernel/failures.ts";
import { Refused } from "../platform/refused.ts";
import type { OperationContext } from "./context.ts";

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  /** Whether an earlier request made it. */
  readonly replayed: boolean;
}

/** The answer that the request's key already has in the site's database; refuses a key that was used for another request. */
export async function findKeptAnswer(context: OperationContext): Promise<KeptAnswer | undefined> {
  const claim = context.idempotency;
  if (claim === undefined) return undefined;
  const row = await context.db.orm
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.siteId, context.db.siteId), eq(idempotencyKeys.scope, claim.scope), eq(idempotencyKeys.key, claim.key)))
    .get();
  if (row === undefined || row.createdAt + idempotencyLifeMs <= context.clock()) return undefined;
  if (row.fingerprint !== claim.fingerprint())
    throw new Refused(failure("IDEMPOTENCY_KEY_REUSED", "The idempotency key was used for another request."));
  return { status: row.status, body: row.body, replayed: true };
}

/**
 * Runs the statements and keeps their answer under the request's key, in one batch: all of it or nothing.
 * Where another request with the key came first, nothing is done and its answer is given.
 */
export async function commitOnce(
  context: OperationContext,
  statements: readonly BatchItem<"sqlite">[],
  answer: { readonly status: number; readonly body: string },
): Promise<KeptAnswer> {
  const claim = context.idempotency;
  const kept = claim === undefined ? [] : keepStatements(context, claim, answer);
  try {
    await runBatch(context.db, [...kept, ...statements]);
    return { ...answer, replayed: false };
  } catch (error) {
    const earlier = isUniqueViolation(error) ? await findKeptAnswer(context) : undefined;
    if (earlier !== undefined) return earlier;
    throw error;
  }
}

function keepStatements(
  context: OperationContext,
  claim: NonNullable<OperationContext["idempotency"]>,
  answer: { readonly status: number; readonly body: string },
): BatchItem<"sqlite">[] {
  const { orm, siteId } = context.db;
  const now = context.clock();
  const expired = and(
    eq(idempotencyKeys.siteId, siteId),
    eq(idempotencyKeys.scope, claim.scope),
    eq(idempotencyKeys.key, claim.key),
    lte(idempotencyKeys.createdAt, now - idempotencyLifeMs),
  );
  return [
    orm.delete(idempotencyKeys).where(expired),
    orm.insert(idempotencyKeys).values({
      siteId,
      scope: claim.scope,
      key: claim.key,
      fingerprint: claim.fingerprint(),
      status: answer.status,
      body: answer.body,
      createdAt: now,
    }),
  ];
}
