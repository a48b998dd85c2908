import { createHash } from "node:crypto";
import { and, eq, lte } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { DirectoryDatabase } from "../db/directory-database.ts";
import { isUniqueViolation } from "../db/run-batch.ts";
import { sealedAnswers } from "../db/sealed-answer-tables.ts";
import { present } from "../kernel/assert.ts";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import type { Clock } from "../kernel/clock.ts";
import { type Once, type Repeated, repeated, requireSameRequest } from "./commit-once.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

/** What is to be done once: the rows, and the value with its secrets. */
export interface SecretWork<V> {
  readonly statements: readonly BatchItem<"sqlite">[];
  readonly value: V;
}

/**
 * Does the work once per key, in one batch with its answer. The answer is sealed (AES-256-GCM) under a key that is made from the client's
 * idempotency key, which is not stored: a copy of the database shows nobody a secret.
 *
 * Under a key that another may think of, the secrets are neither stored nor repeated: `hide` takes them out of the value.
 */
export async function commitSecretOnce<V>(
  directory: DirectoryDatabase,
  claim: IdempotencyClaim | undefined,
  clock: Clock,
  work: () => Promise<SecretWork<V>>,
  hide?: (value: V) => V,
): Promise<Once<V>> {
  if (claim === undefined) {
    const { statements, value } = await work();
    await run(directory, statements);
    return { value };
  }
  const shown = claim.isGuessable === true ? present(hide, "what anybody may repeat says what its secrets are") : undefined;
  const earlier = await find(directory, claim, clock, shown);
  if (earlier) return earlier;
  const { statements, value } = await work();
  const { id, key } = await secretsOf(claim);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(JSON.stringify(shown?.(value) ?? value))),
  );
  const now = clock();
  try {
    await run(directory, [
      directory.orm.delete(sealedAnswers).where(and(eq(sealedAnswers.id, id), lte(sealedAnswers.createdAt, now - idempotencyLifeMs))),
      directory.orm.insert(sealedAnswers).values({
        id,
        fingerprint: claim.fingerprint(),
        status: claim.status,
        nonce: Buffer.from(nonce),
        ciphertext: Buffer.from(ciphertext),
        createdAt: now,
      }),
      ...statements,
    ]);
    return { value };
  } catch (error) {
    const first = isUniqueViolation(error) ? await find(directory, claim, clock, shown) : undefined;
    if (first) return first;
    throw error;
  }
}

/** A secret is shown again to the key that asked for it, and to no other: another's request with the same idempotency key is another request. */
export function ownClaim(context: OperationContext): IdempotencyClaim | undefined {
  const claim = context.idempotency;
  return claim && { ...claim, scope: `${context.tokenId} ${claim.scope}` };
}

async function run(directory: DirectoryDatabase, statements: readonly BatchItem<"sqlite">[]): Promise<void> {
  const [first, ...rest] = statements;
  if (first) await directory.orm.batch([first, ...rest]);
}

async function secretsOf(claim: IdempotencyClaim) {
  const text = `${claim.scope}\n${claim.key}`;
  const id = createHash("sha256").update(`id\n${text}`).digest("base64url");
  const raw = createHash("sha256").update(`seal\n${text}`).digest();
  return { id, key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) };
}

/** `shown`: what of the value is repeated, where not all of it is. */
async function find<V>(
  directory: DirectoryDatabase,
  claim: IdempotencyClaim,
  clock: Clock,
  shown: ((value: V) => V) | undefined,
): Promise<Repeated | undefined> {
  const { id, key } = await secretsOf(claim);
  const row = await directory.orm.select().from(sealedAnswers).where(eq(sealedAnswers.id, id)).get();
  if (!row || row.createdAt + idempotencyLifeMs <= clock()) return undefined;
  requireSameRequest(claim, row.fingerprint);
  const body = await crypto.subtle.decrypt({ name: "AES-GCM", iv: Uint8Array.from(row.nonce) }, key, Uint8Array.from(row.ciphertext));
  const text = new TextDecoder().decode(body);
  // An earlier build stored the secrets under short keys too: taken out here once more.
  return repeated(shown === undefined ? text : JSON.stringify(shown(JSON.parse(text) as V)), row.status);
}
