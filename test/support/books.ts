import { expect } from "vitest";
import { type Api, newSite, type Site } from "./site.ts";

/** A company with five accounts, in a site of its own. */
export interface Books {
  readonly api: Api;
  readonly entityId: string;
  readonly ledgerId: string;
  readonly accounts: Readonly<Record<"cash" | "receivable" | "equity" | "sales" | "rent", string>>;
}

const chart = [
  ["cash", "1000", "bank"],
  ["receivable", "1100", "accounts_receivable"],
  ["equity", "3000", "equity"],
  ["sales", "4000", "income"],
  ["rent", "6000", "expense"],
] as const;

export async function newBooks(options: { readonly fiscalYearStart?: string } = {}): Promise<Books & { readonly site: Site }> {
  const site = await newSite();
  return { ...(await booksOf(site.api, options)), site };
}

/** Another company in the same site. */
export async function booksOf(api: Api, options: { readonly fiscalYearStart?: string } = {}): Promise<Books> {
  const entity = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD", ...options });
  expect(entity.status).toBe(201);
  const entityId: string = entity.body.id;
  const ledgerId: string = entity.body.functionalLedgerId;
  const accounts: Record<string, string> = {};
  for (const [name, code, type] of chart) {
    const opened = await api.post("/accounts", { entityId, code, name, type, externalId: `ext-${code}` });
    expect(opened.status).toBe(201);
    accounts[name] = opened.body.id;
  }
  return { api, entityId, ledgerId, accounts: accounts as Books["accounts"] };
}

export const codes = { cash: "1000", receivable: "1100", equity: "3000", sales: "4000", rent: "6000" } as const;
type Name = keyof typeof codes;

/** The body of an entry that moves an amount from the credited account to the debited one. */
export function entryOf(debit: Name, credit: Name, amount: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    date: "2026-06-08",
    lines: [
      { accountCode: codes[debit], side: "debit", amount },
      { accountCode: codes[credit], side: "credit", amount },
    ],
    ...more,
  };
}

export function freshKey(): Record<string, string> {
  return { "idempotency-key": crypto.randomUUID() };
}

/** Posts an entry, and gives the answer's body. */
export async function post(books: Books, entry: object, headers: Record<string, string> = freshKey()) {
  const answer = await books.api.post("/journal-entries", { entityId: books.entityId, ...entry }, headers);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

export async function balanceOf(books: Books, account: Name, query = ""): Promise<number> {
  const answer = await books.api.get(`/accounts/${books.accounts[account]}/balance${query}`);
  expect(answer.status).toBe(200);
  return answer.body.balance;
}
