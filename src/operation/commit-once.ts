import { and, eq, lte } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { idempotencyKeys } from "../db/idempotency-tables.ts";
import { isUniqueViolation, runBatch } from "../db/run-batch.ts";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import { failure } from "../kernel/failures.ts";
import { Refused } from "../platform/refused.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

/** What was done under an idempotency key: a value that this request made, or the answer of an earlier one, byte for byte. */
export type Once<V> = { readonly value: V } | Repeated;

/** The stored answer of the first request with the key. */
export interface Repeated {
  readonly replayed: true;
  readonly text: string;
  /** The thing that was made, as the answer names it. */
  readonly made: { readonly id: string };
  /** The status that the first request was answered with. */
  readonly status: number;
}

/** The id of what was made, whichever request made it. */
export function madeId(once: Once<{ readonly id: string }>): string {
  return "value" in once ? once.value.id : once.made.id;
}

/** A stored answer as it is repeated. Every answer that is stored has the id of what was made, or the siteId. */
export function repeated(text: string, status: number): Repeated {
  // Written by us as JSON.stringify of a value.
  const { id, siteId = "" } = JSON.parse(text) as { readonly id?: string; readonly siteId?: string };
  return { replayed: true, text, made: { id: id ?? siteId }, status };
}

/** The answer that the request's key already has in the site's database; refuses a key that was used for another request. */
export async function findStoredAnswer(context: OperationContext): Promise<Repeated | undefined> {
  const claim = context.idempotency;
  if (claim === undefined) return undefined;
  const row = await context.db.orm
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.siteId, context.db.siteId), eq(idempotencyKeys.scope, claim.scope), eq(idempotencyKeys.key, claim.key)))
    .get();
  if (row === undefined || row.createdAt + idempotencyLifeMs <= context.clock()) return undefined;
  requireSameRequest(claim, row.fingerprint);
  return repeated(row.body, row.status);
}

/** Refuses, as `IDEMPOTENCY_KEY_REUSED`, a key under which another request was answered. */
export function requireSameRequest(claim: IdempotencyClaim, fingerprint: string): void {
  if (fingerprint !== claim.fingerprint())
    throw new Refused(failure("IDEMPOTENCY_KEY_REUSED", "The idempotency key was used for another request."));
}

/**
 * Runs the statements and stores the value that they make as the answer under the request's key, in one batch: all of it or nothing.
 * Where another request with the key came first, nothing is done and its answer is repeated.
 */
export async function commitOnce<V>(context: OperationContext, statements: readonly BatchItem<"sqlite">[], value: V): Promise<Once<V>> {
  const claim = context.idempotency;
  const stored = claim === undefined ? [] : storeStatements(context, claim, JSON.stringify(value));
  try {
    await runBatch(context.db, [...stored, ...statements]);
    return { value };
  } catch (error) {
    const earlier = isUniqueViolation(error) ? await findStoredAnswer(context) : undefined;
    if (earlier !== undefined) return earlier;
    throw error;
  }
}

function storeStatements(context: OperationContext, claim: IdempotencyClaim, body: string): BatchItem<"sqlite">[] {
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
      status: claim.status,
      body,
      createdAt: now,
    }),
  ];
}
