import type { WriteOutcome } from "../ledger/rpc.ts";
import { Refused } from "../platform/refused.ts";

const json = { "Content-Type": "application/json" };

/** A JSON answer. */
export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...json, ...headers } });
}

/** What JSON.stringify writes as it is (TC39 JSON.parse source text access), for which TypeScript has no type yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** A JSON answer whose bigints are exact JSON integers, however large. */
export function answerExact(body: unknown, status = 200): Response {
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? rawJson(String(value)) : value));
  return new Response(text, { status, headers: json });
}

/** A JSON answer whose text exists already. */
export function answerText(body: string, status = 200, headers?: Record<string, string>): Response {
  return new Response(body, { status, headers: headers === undefined ? json : { ...json, ...headers } });
}

/** The headers that mark an answer as the repetition of an earlier one. */
export function replayHeaders(originalStatus: number): Record<string, string> {
  return { "X-Idempotent-Replayed": "true", "Idempotent-Replayed": "true", "X-Original-Status": String(originalStatus) };
}

/** The state of the entry that a ledger tells: it stands at the same place in each. Undefined for what is no entry. */
export function stateOf(body: string): string | undefined {
  const at = body.startsWith('{"data":[') ? '{"data":['.length : 0;
  const state = at + `{"id":"","journalEntryId":"","status":"`.length + 2 * idLength;
  if (!body.startsWith('"status":"', state - '"status":"'.length)) return undefined;
  return body.slice(state, body.indexOf('"', state));
}

const idLength = 36;

/**
 * The answer to a ledger write: the status of the first answer with its Location, or 200 where it repeats what exists.
 * What waits for an approval is accepted (202), not created; a draft that was voided is there no more. A refusal is thrown on to the error handler.
 */
export function answerWrite(outcome: WriteOutcome, created: { readonly status: 200 | 201; readonly collection?: string }): Response {
  if (outcome.outcome === "refused") throw new Refused(outcome.failure, outcome.replayed);
  if (outcome.outcome === "existing" || outcome.outcome === "dry_run") return answerText(outcome.body, 200);
  const state = created.status === 201 ? stateOf(outcome.body) : undefined;
  const status = state === "pending_approval" ? 202 : state === "voided" ? 200 : created.status;
  if (outcome.outcome === "replayed") return answerText(outcome.body, 200, replayHeaders(outcome.originally === "written" ? status : 200));
  const { collection } = created;
  return answerText(outcome.body, status, collection ? { Location: `/api/v1/${collection}/${idOf(outcome.body)}` } : undefined);
}

/** The answer to a write that the site's database committed: with its Location, or as a repetition of the first. */
export function answerKept(
  kept: { readonly status: number; readonly body: string; readonly replayed: boolean },
  collection: string,
): Response {
  if (kept.replayed) return answerText(kept.body, 200, replayHeaders(kept.status));
  return answerText(kept.body, kept.status, { Location: `/api/v1/${collection}/${idOf(kept.body)}` });
}

/** Every resource's JSON starts with its id. */
export function idOf(body: string): string {
  return body.slice('{"id":"'.length, '{"id":"'.length + idLength);
}
