import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { env } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { callApi } from "../../src/local/api-client.ts";
import { workerSecrets } from "../../src/local/secrets.ts";
import { isNoOutcome, randomFrom } from "../crash/http-client.ts";
import type { ServerProcess } from "../crash/server-process.ts";

/** Where requests meet is the machine's choice; this seed repeats only what they ask and how long they hold back. */
const seed = Number.parseInt(env.RACES_SEED ?? "", 10) || Date.now() % 2 ** 31;
/** How often each race is run. */
export const rounds = Number.parseInt(env.RACES_ROUNDS ?? "", 10) || 40;
export const random = randomFrom(seed);
console.log(`races: ${rounds} rounds each from seed ${seed}; RACES_ROUNDS and RACES_SEED say others`);

export interface Answer {
  readonly status: number;
  /** The status and, of a refusal, its code. */
  readonly outcome: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape that it asked for.
  readonly body: any;
}

/** A request in JSON with one key. Fails where the server cannot be reached. */
export interface Caller {
  (method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<Answer>;
  /** The same again, under one idempotency key, until it is answered with an outcome. */
  untilDecided(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<Answer>;
}

export function callerOf(server: () => ServerProcess, key: string): Caller {
  const once = async (method: string, path: string, body?: unknown, idempotencyKey: string = randomUUID()): Promise<Answer> => {
    const response = await fetch(`${server().description.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        "X-API-Key": key,
        ...(method === "POST" && { "Idempotency-Key": idempotencyKey }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === "" ? undefined : JSON.parse(text);
    const code = parsed?.error?.code;
    return { status: response.status, outcome: code === undefined ? `${response.status}` : `${response.status} ${code}`, body: parsed };
  };
  const untilDecided: Caller["untilDecided"] = async (method, path, body, idempotencyKey = randomUUID()) => {
    const giveUpAt = Date.now() + 30_000;
    for (;;) {
      const answer = await once(method, path, body, idempotencyKey).catch(() => undefined);
      if (answer !== undefined && !isNoOutcome({ status: answer.status, text: JSON.stringify(answer.body ?? "") })) return answer;
      assert.ok(Date.now() < giveUpAt, `${method} ${path} comes to no outcome: ${answer?.outcome}`);
      await wait(20);
    }
  };
  return Object.assign(once, { untilDecided });
}

/** A firm's sandbox key. */
export interface SandboxKey {
  readonly siteId: string;
  readonly key: string;
}

/** A new firm, whose sandbox key asks as often as it likes. */
export async function newFirm(server: ServerProcess, dataDir: string): Promise<SandboxKey> {
  const { body } = await callApi(server.description, "POST", "/signup", {
    body: { firmName: "Races", ownerEmail: `${randomUUID()}@example.com` },
    idempotencyKey: randomUUID(),
  });
  const { sandbox } = body as { readonly sandbox: SandboxKey & { readonly tokenId: string } };
  await unlimited(server, dataDir, sandbox.tokenId);
  return sandbox;
}

/** Takes the limit off a key: races ask more than a plan allows. */
export async function unlimited({ description }: ServerProcess, dataDir: string, tokenId: string): Promise<void> {
  const planned = await fetch(`${description.baseUrl}/operator/tokens/${tokenId}/plan`, {
    method: "PUT",
    headers: { authorization: `Bearer ${workerSecrets(dataDir).OPERATOR_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ requestsPerMinute: 1_000_000 }),
  });
  assert.equal(planned.status, 200, await planned.text());
}

/** Does it some moment within so many milliseconds. */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await wait(random(ms + 1));
  return work();
}

export function expectOutcome(answer: Answer, ...allowed: readonly string[]): void {
  assert.ok(allowed.includes(answer.outcome), `${answer.outcome}: ${JSON.stringify(answer.body)}`);
}

/** How often each outcome came, to see that both sides of a race won some rounds. */
export function tally(): { count(name: string): void; text(): string } {
  const counts = new Map<string, number>();
  return {
    count: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    text: () => [...counts].map(([name, times]) => `${name} ${times}`).join(", "),
  };
}

export interface Company {
  readonly entityId: string;
  readonly ledgerId: string;
}

/** A company with a bank account and an income account. */
export async function newCompany(call: Caller, more: object = {}): Promise<Company> {
  const made = await call("POST", "/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD", ...more });
  expectOutcome(made, "201");
  const entityId: string = made.body.id;
  const accounts = [
    { code: "1000", name: "Cash", type: "bank" },
    { code: "4000", name: "Sales", type: "income" },
  ];
  expectOutcome(await call("POST", "/accounts/import", { entityId, accounts }), "201");
  return { entityId, ledgerId: made.body.functionalLedgerId };
}

export function sale(amount = 5) {
  return {
    date: "2026-06-08",
    lines: [
      { accountCode: "1000", side: "debit", amount },
      { accountCode: "4000", side: "credit", amount },
    ],
  };
}

/** The states of a decided group's holds, each as its own ledger tells it. */
export async function holdStates(call: Caller, holdIds: readonly string[]): Promise<string[]> {
  return Promise.all(holdIds.map(async (id) => (await call("GET", `/holds/${id}`)).body.status));
}
