import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { ServerProcess } from "./server-process.ts";

/** Numerical Recipes' generator: the same plan on every run; only the moments at which the kills hit the server differ. */
export function randomFrom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** A POST as it is sent, and sent again until it is answered. */
export interface Posting {
  readonly path: string;
  readonly key: string;
  readonly body?: unknown;
}

export async function post(
  target: ServerProcess,
  { path, key, body }: Posting,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${target.description.baseUrl}/api/v1${path}`, {
    method: "POST",
    headers: headersFor(target, key, body),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // An answer that is cut off in the middle is none.
  return { status: response.status, text: await response.text() };
}

/** Whether an answer says nothing of what became of the request: it is sent again. */
export function isNoOutcome(answer: { readonly status: number; readonly text: string } | undefined): boolean {
  if (answer === undefined || answer.status >= 500 || answer.status === 429) return true;
  return answer.status === 409 && answer.text.includes("IDEMPOTENCY_IN_PROGRESS");
}

/** One request that must succeed. What of the answer is read, the caller says. */
export async function call<T>(target: ServerProcess, method: string, path: string, body?: unknown, key?: string): Promise<T> {
  const response = await fetch(`${target.description.baseUrl}/api/v1${path}`, {
    method,
    headers: headersFor(target, key, body),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function headersFor(target: ServerProcess, key: string | undefined, body: unknown): Record<string, string> {
  return {
    "X-API-Key": target.description.sandbox.key,
    ...(body !== undefined && { "Content-Type": "application/json" }),
    ...(key && { "Idempotency-Key": key }),
  };
}

/** All items of a list, whose path has a `?` already. */
export async function readAll<T>(target: ServerProcess, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor = "";
  do {
    const page: { readonly data: readonly T[]; readonly nextCursor: string | null } = await call(
      target,
      "GET",
      `${path}&limit=200${cursor}`,
    );
    items.push(...page.data);
    cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
  } while (cursor !== "");
  return items;
}

interface VerificationJob {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly ok: boolean; readonly sequence: number; readonly faults: readonly string[] } | null;
}

/** Has a ledger's whole log checked, and gives the outcome. */
export async function verify(target: ServerProcess, ledgerId: string): Promise<NonNullable<VerificationJob["result"]>> {
  let job: VerificationJob = await call(target, "POST", `/ledgers/${ledgerId}/verify`, {}, `verify-${ledgerId}-${target.description.pid}`);
  const giveUpAt = Date.now() + 60_000;
  while (job.status === "running") {
    assert.ok(Date.now() < giveUpAt, "The verification does not end.");
    await wait(50);
    job = await call(target, "GET", `/jobs/${job.id}`);
  }
  assert.ok(job.result, "The verification ended without a result.");
  return job.result;
}
