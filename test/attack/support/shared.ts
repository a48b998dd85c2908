import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { siteDatabaseNames } from "../../../src/db/site-database.ts";
import { type LedgerRpc, ledgerClient } from "../../../src/ledger/client.ts";
import type { Command, SharedRecordView } from "../../../src/ledger/rpc.ts";
import { owner } from "../../support/actors.ts";
import { freshKey } from "../../support/books.ts";
import { type Answer, type Api, newSite } from "../../support/site.ts";

/** A company with books in dollars and in euros, each with two accounts. */
export interface TwoLedgers {
  readonly api: Api;
  readonly entityId: string;
  readonly path: string;
  readonly ledgerIds: readonly string[];
}

const currencies = ["USD", "EUR"] as const;

export async function newTwoLedgers(entity: object = {}): Promise<TwoLedgers> {
  const { api } = await newSite();
  const made = await api.post("/entities", { name: "Acme", functionalCurrency: "USD", ...entity });
  expect(made.status).toBe(201);
  const entityId: string = made.body.id;
  const euro = await api.post("/ledgers", { entityId, currency: "EUR" });
  expect(euro.status).toBe(201);
  for (const currency of currencies) await openAccounts(api, entityId, currency);
  return { api, entityId, path: `/companies/${entityId}`, ledgerIds: [made.body.functionalLedgerId, euro.body.id] };
}

export async function openAccounts(api: Api, entityId: string, currency: string): Promise<void> {
  for (const [code, type] of [
    ["1000", "bank"],
    ["4000", "income"],
  ] as const)
    expect(await api.post("/accounts", { entityId, currency, code, name: code, type })).toMatchObject({ status: 201 });
}

export function entryOn(date: string, currency: string) {
  return {
    date,
    currency,
    lines: [
      { accountCode: "1000", side: "debit", amount: 5 },
      { accountCode: "4000", side: "credit", amount: 5 },
    ],
  };
}

export function postIn(api: Api, { path }: Pick<TwoLedgers, "path">, currency: string, date = "2026-06-08"): Promise<Answer> {
  return api.post(`${path}/journal-entries`, entryOn(date, currency), freshKey());
}

/** Runs a statement in the database that has the site's rows. */
export async function inDatabases<T>(sql: string, ...values: unknown[]): Promise<T[]> {
  const found: T[] = [];
  for (const name of siteDatabaseNames(env)) {
    const database = (env as unknown as Record<string, D1Database>)[name];
    const { results } = (await database
      ?.prepare(sql)
      .bind(...values)
      .all<T>()) ?? { results: [] };
    found.push(...results);
  }
  return found;
}

async function clientOf(ledgerId: string) {
  const [row] = await inDatabases<{ number: number }>("SELECT number FROM ledgers WHERE id = ?", ledgerId);
  const number = row?.number ?? 0;
  const idOf = (generation: number) => env.LEDGER.idFromName(generation === 0 ? `ledger-${number}` : `ledger-${number}-g${generation}`);
  // The object's methods are those of LedgerRpc; the stub's type wraps every answer.
  const stub = (generation: number) => env.LEDGER.get(idOf(generation)) as unknown as LedgerRpc;
  return ledgerClient(number, { stub, idOf: (generation) => idOf(generation).toString() }, () => {
    throw new Error("the ledger is open");
  });
}

/** What a ledger itself holds of what its entity's ledgers share. */
export async function heldBy(ledgerId: string): Promise<SharedRecordView> {
  return (await clientOf(ledgerId)).read<SharedRecordView>({ kind: "shared_record" });
}

/** Has one ledger write what builds before the shared record wrote. */
export async function writeInLedger(ledgerId: string, command: Command): Promise<void> {
  const outcome = await (await clientOf(ledgerId)).write([command], {
    mode: "atomic",
    answer: "one",
    actor: owner,
    requestId: "req_before",
  });
  expect(outcome.outcome).toBe("written");
}

/** What is shown is what every ledger holds, and nothing is left to be told. */
export async function expectShownIsHeld({ api, entityId, path }: TwoLedgers): Promise<SharedRecordView["content"]> {
  const entity = await api.get(`/entities/${entityId}`);
  const locks = await api.get(`${path}/period-locks`);
  expect(entity.body.pending).toBeUndefined();
  expect(locks.body.pending).toBeUndefined();
  const ledgers = await inDatabases<{ id: string }>("SELECT id FROM ledgers WHERE entity_id = ?", entityId);
  expect(ledgers.length).toBeGreaterThan(0);
  const held = await Promise.all(ledgers.map(({ id }) => heldBy(id)));
  const [first] = held;
  if (first === undefined) throw new Error("an entity has a ledger");
  for (const one of held) {
    expect(one).toEqual(first);
    expect(entity.body.approvalPolicy).toBe(one.content.policy);
  }
  for (const ledger of locks.body.ledgers) expect(ledger.locks).toHaveLength(first.content.locks.length);
  return first.content;
}
