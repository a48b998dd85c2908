import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type Answered, type Asked, ask } from "./exchange.ts";

export interface WriteOptions {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The code of the refusal that is meant; by default none is. */
  readonly refusedAs?: string;
}

export interface WithId {
  readonly id: string;
}

export interface Key extends WithId {
  readonly key: string;
}

export interface SiteOfFirm {
  readonly siteId: string;
  readonly tokenId: string;
  readonly key: string;
}

export interface EntryAnswer extends WithId {
  readonly sequence: number;
  readonly approval: { readonly version: number } | null;
}

/** Writes that are sent with a key of idempotency, in the order in which they came: each can be sent again. */
export interface Books {
  readonly baseUrl: string;
  readonly keyed: readonly Asked[];
  readonly post: <T = WithId>(key: string, path: string, body: unknown, options: WriteOptions) => Promise<T>;
  readonly send: <T>(key: string, method: string, path: string, body?: unknown) => Promise<T>;
  readonly operator: <T>(method: string, path: string, body?: unknown) => Promise<T>;
}

export function openBooks(baseUrl: string, operatorToken: string): Books {
  const keyed: Asked[] = [];
  const send = async <T>(asked: Asked, refusedAs?: string): Promise<T> => {
    const answered: Answered = await ask(baseUrl, asked);
    const isMeant = refusedAs === undefined ? answered.status < 300 : answered.body.includes(`"code":"${refusedAs}"`);
    assert.ok(isMeant, `${asked.name}: ${answered.status} ${answered.body.slice(0, 1_000)}`);
    return JSON.parse(answered.body || "null");
  };
  return {
    baseUrl,
    keyed,
    post: (key, path, body, { name, headers = {}, refusedAs }) => {
      const asked: Asked = {
        name,
        method: "POST",
        path: `/api/v1${path}`,
        headers: { ...credentials(key), "Content-Type": "application/json", "Idempotency-Key": `earlier ${keyed.length}`, ...headers },
        body: JSON.stringify(body),
      };
      keyed.push(asked);
      return send(asked, refusedAs);
    },
    send: (key, method, path, body) =>
      send({
        name: `${method} ${path}`,
        method,
        path: `/api/v1${path}`,
        headers: { ...credentials(key), ...(body !== undefined && { "Content-Type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    operator: (method, path, body) =>
      send({
        name: `${method} ${path}`,
        method,
        path: `/operator${path}`,
        headers: { Authorization: `Bearer ${operatorToken}`, "Content-Type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

/** A key of a site, an access token, or nobody's. */
export function credentials(key: string): Record<string, string> {
  if (key === "") return {};
  return key.startsWith("ey") ? { Authorization: `Bearer ${key}` } : { "X-API-Key": key };
}

export async function until<T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    assert.ok(Date.now() < giveUpAt, `It does not come to an end: ${JSON.stringify(seen).slice(0, 500)}`);
    await wait(100);
  }
}

export async function finishedJob(books: Books, key: string, jobId: string): Promise<void> {
  await until(
    () => books.send<{ readonly status: string }>(key, "GET", `/jobs/${jobId}`),
    ({ status }) => status !== "running",
  );
}

/** Texts that look alike and are not the same: composed (NFC) and decomposed (NFD). */
export const composed = "Caf\u00e9";
export const decomposed = "Cafe\u0301";

export const farAway = "2036-12-31T23:59:59.000Z";

export interface Firm {
  readonly owner: WithId & { readonly email: string };
  readonly live: SiteOfFirm;
  readonly sandbox: SiteOfFirm;
}

export function twoLines(debit: string, credit: string, amount: number) {
  return [
    { accountCode: debit, side: "debit", amount },
    { accountCode: credit, side: "credit", amount },
  ];
}
