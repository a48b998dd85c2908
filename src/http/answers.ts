import type { Once } from "../operation/commit-once.ts";
import type { LedgerPage } from "../operation/ledger-page.ts";
import type { LedgerAnswer } from "../operation/ledger-write.ts";
import { type CsvFile, csvText } from "../platform/csv.ts";

const json = { "Content-Type": "application/json" };

/** Of an answer that contains a secret, or is true for a moment alone: no cache stores it. */
export const noStore = { "Cache-Control": "no-store" };

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

/** What a ledger answered to a write, as it is given out. */
interface WriteStatus {
  readonly status: 200 | 201;
  /** Where what was made can be read. */
  readonly collection?: string;
}

/**
 * The answer to a ledger write: the status of the first answer with its Location, or 200 where it repeats what exists.
 * What waits for an approval is accepted (202), not created; a draft that was voided is there no more.
 */
export function answerWrite(answered: LedgerAnswer, created: WriteStatus): Response {
  const { outcome, body, made } = answered;
  if (outcome === "existing" || outcome === "dry_run") return answerText(body, 200);
  const status = created.status === 201 ? statusOf(made) : created.status;
  if (outcome === "replayed") return answerText(body, 200, replayHeaders(answered.originally === "written" ? status : 200));
  const { collection } = created;
  return answerText(body, status, collection && made ? { Location: `/api/v1/${collection}/${made.id}` } : undefined);
}

function statusOf(made: LedgerAnswer["made"]): number {
  return made?.state === "pending_approval" ? 202 : made?.state === "voided" ? 200 : 201;
}

/** The answer to what was committed once: with its Location, or as the repetition of the first. */
export function answerOnce(
  once: Once<unknown>,
  {
    status,
    collection,
    headers = {},
  }: { readonly status: number; readonly collection?: string; readonly headers?: Record<string, string> },
): Response {
  if (!("value" in once)) return answerText(once.text, 200, { ...replayHeaders(once.status), ...headers });
  const { id } = once.value as { readonly id?: string };
  return answer(once.value, status, { ...(collection && id ? { Location: `/api/v1/${collection}/${id}` } : {}), ...headers });
}

/** The answer of a list that a ledger wrote: its items go on as the text they are. */
export function answerPage({ items, ...place }: LedgerPage): Response {
  return answerText(`{"data":${items},${JSON.stringify(place).slice(1)}`);
}

/** Done, and nothing to say. */
export function answerNothing(): Response {
  return new Response(null, { status: 204 });
}

/** The answer to `format=csv`. */
export function answerCsv({ name, table }: CsvFile): Response {
  return new Response(csvText(table), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}
