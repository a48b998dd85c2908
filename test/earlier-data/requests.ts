import assert from "node:assert/strict";
import { type Books, composed, credentials, decomposed } from "./books.ts";
import { type Answered, type Asked, ask, type Exchange } from "./exchange.ts";
import type { Stage } from "./stage.ts";

interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends one request and records its answer. Nothing of it may change the data but what is the same on every run. */
type Send = (name: string, key: string, method: string, path: string, options?: AskOptions) => Promise<Answered>;

/** Everything that is asked of the data, on a copy of it: all writes once more under their keys, what is read, and what is refused. */
export async function recordAnswers(baseUrl: string, books: Books, stage: Stage): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  const record = async (asked: Asked): Promise<Answered> => {
    assert.ok(!exchanges.some((exchange) => exchange.asked.name === asked.name), `There are two requests ${asked.name}.`);
    const answered = await ask(baseUrl, asked);
    assert.ok(answered.status < 500 && answered.status !== 429, `${asked.name}: ${answered.status} ${answered.body}`);
    exchanges.push({ asked, answered });
    return answered;
  };
  const send: Send = (name, key, method, path, { headers = {}, body } = {}) =>
    record({
      name,
      method,
      path: `/api/v1${path}`,
      headers: { ...credentials(key), ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  for (const asked of books.keyed) await record({ ...asked, name: `again: ${asked.name}` });
  const get = (name: string, key: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    send(name, key, "GET", path, { headers });
  await readCatalogue(get, stage);
  await readCompany(get, stage);
  await readLists(get, stage);
  await readReports(get, stage);
  await readWallet(get, stage);
  await refuse(send, stage, books);
  return exchanges;
}

type Get = (name: string, key: string, path: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;

/** A list page by page: the cursor of an earlier build has to lead on. */
async function readPages(get: Get, name: string, key: string, path: string, pages = 3): Promise<void> {
  let cursor = "";
  for (let page = 1; page <= pages; page++) {
    const { body } = await get(`${name}, page ${page}`, key, `${path}${cursor}`);
    const { nextCursor }: { readonly nextCursor: string | null } = JSON.parse(body);
    if (nextCursor === null) return;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
}

async function readCatalogue(get: Get, { tide, quill, company, careful, oddities, moved }: Stage): Promise<void> {
  const [live, sandbox] = [tide.live.key, quill.sandbox.key];
  const callers = Object.entries({
    owner: live,
    "a person": company.keys.approver.key,
    agent: company.keys.agent.key,
    reviewer: company.keys.reviewer.key,
    "a key of one company": company.keys.restricted.key,
    "a key with an end": company.keys.ending.key,
    "a key that is rotated": company.keys.rotated.key,
    session: company.keys.session.accessToken,
    "a site that has moved": moved.key,
  });
  for (const [name, key] of callers) await get(`me: ${name}`, key, "/me");
  await get("users", live, "/users?sort=createdAt:asc");
  await readPages(get, "users by two", live, "/users?limit=2");
  for (const [name, { id }] of Object.entries(company.keys.users)) await get(`user ${name}`, live, `/users/${id}`);
  await get("keys", live, "/tokens?sort=createdAt:asc");
  await readPages(get, "keys by five", live, "/tokens?limit=5");
  await get("sites", quill.live.key, "/sites?sort=createdAt:asc");
  await get("site", live, `/sites/${tide.live.siteId}`);
  for (const kind of ["event-types", "products", "categories"]) await get(`terms of ${kind}`, live, `/metadata/${kind}?sort=key:asc`);
  await get("terms, searched", live, `/metadata/products?search=${encodeURIComponent(composed)}`);
  await get("currencies", live, "/metadata/currencies");
  await get("entities", live, "/entities?sort=createdAt:asc");
  await get("entities of a sandbox", sandbox, "/entities?sort=name:asc");
  await readPages(get, "entities by two", sandbox, "/entities?limit=2&sort=createdAt:desc");
  await get("entities, archived", sandbox, "/entities?status=archived");
  await get("entities of a kind", sandbox, "/entities?kind=individual");
  for (const [name, text] of [
    ["composed", composed],
    ["decomposed", decomposed],
  ] as const) {
    await get(`entities by a ${name} external id`, sandbox, `/entities?externalId=${encodeURIComponent(text)}`);
    await get(`entities, searched for a ${name} text`, sandbox, `/entities?search=${encodeURIComponent(text)}`);
    await get(`accounts by a ${name} code`, live, `/accounts?ledgerId=${company.ledgers.usd}&code=${encodeURIComponent(text)}`);
    await get(
      `accounts, searched for a ${name} text`,
      live,
      `/accounts?ledgerId=${company.ledgers.usd}&search=${encodeURIComponent(text)}`,
    );
  }
  await get("companies for a key of one", company.keys.restricted.key, "/companies");
  for (const [name, { id }] of Object.entries(oddities.entities)) await get(`entity ${name}`, sandbox, `/entities/${id}`);
  for (const id of [company.entityId, careful.entityId])
    await get(`entity ${id === company.entityId ? "of all" : "of four eyes"}`, live, `/entities/${id}`);
  await get("ledgers", live, "/ledgers?sort=createdAt:asc");
  await get("ledgers of a currency", live, "/ledgers?currency=EUR");
  for (const [name, id] of Object.entries(company.ledgers)) {
    await get(`ledger ${name}`, live, `/ledgers/${id}`);
    await get(`generations of ledger ${name}`, live, `/ledgers/${id}/generations`);
    await get(`accounts of ledger ${name}`, live, `/accounts?ledgerId=${id}&sort=code:asc&limit=200`);
  }
  await get("accounts of a type", live, `/accounts?ledgerId=${company.ledgers.usd}&type=bank`);
  await get("accounts, archived", live, `/accounts?ledgerId=${company.ledgers.usd}&status=archived`);
  await get("accounts by external id", live, `/accounts?entityId=${company.entityId}&externalId=customer-ada`);
  await get("accounts of a role", live, `/accounts?entityId=${company.entityId}&role=retained_earnings`);
  await readPages(get, "accounts by twenty", live, `/accounts?ledgerId=${company.ledgers.usd}&limit=20&sort=name:desc`);
  for (const [name, { id }] of Object.entries(company.accounts)) await get(`account ${name}`, live, `/accounts/${id}`);
  await get("verification", live, `/jobs/${company.jobId}`);
  await get("entries of a site that has moved", moved.key, `/companies/${moved.entityId}/journal-entries`);
}

async function readCompany(get: Get, { tide: { live }, company, careful }: Stage): Promise<void> {
  const { key } = live;
  const { receipts, ...entries } = company.entries;
  for (const [name, { id }] of Object.entries(entries)) await get(`entry ${name}`, key, `/journal-entries/${id}`);
  for (const [at, { id }] of receipts.entries()) await get(`entry of the agent ${at + 1}`, key, `/journal-entries/${id}`);
  for (const [name, { id }] of Object.entries(careful.entries)) await get(`entry under four eyes ${name}`, key, `/journal-entries/${id}`);
  await get("transfer", key, `/transfers/${entries.rich.id}`);
  const { legs, ...holds } = company.holds;
  for (const [name, { id }] of Object.entries(holds)) await get(`hold ${name}`, key, `/holds/${id}`);
  for (const [at, { id }] of legs.entries()) await get(`hold of a group ${at + 1}`, key, `/holds/${id}`);
  for (const [name, id] of Object.entries(company.groups))
    await get(`holds of a group: ${name}`, key, `/holds?entityId=${company.entityId}&groupId=${id}`);
  await get("period locks", key, `/companies/${company.entityId}/period-locks`);
  for (const [name, { id }] of Object.entries(company.accounts)) {
    await get(`balance ${name}`, key, `/accounts/${id}/balance`);
    await get(`lines of account ${name}`, key, `/accounts/${id}/lines?limit=20`);
  }
  const wallet = `/accounts/${company.accounts.wallet.id}`;
  const sequence = entries.posted.sequence;
  await get("balance at a date", key, `${wallet}/balance?asOf=2026-06-09`);
  await get("balance as known before", key, `${wallet}/balance?knownAt=${sequence}`);
  const nfc = `/accounts/${company.accounts.nfc.id}`;
  for (const interval of ["day", "month"])
    await get(`balance history by ${interval}`, key, `${nfc}/balance-history?startDate=2025-12-20&endDate=2026-07-10&interval=${interval}`);
  await get(
    "balance history as known before",
    key,
    `${nfc}/balance-history?startDate=2024-01-01&endDate=2026-07-10&interval=month&knownAt=${sequence}`,
  );
  await readPages(get, "lines of an account by ten", key, `${nfc}/lines?limit=10&startDate=2024-06-01`);
}

async function readLists(get: Get, { tide, company, careful }: Stage): Promise<void> {
  const { key } = tide.live;
  const entries = `/companies/${company.entityId}/journal-entries`;
  const filters = {
    "by the default": "limit=10",
    drafts: "status=draft",
    waiting: "status=pending_approval",
    posted: "status=posted&limit=7",
    reversed: "status=reversed",
    voided: "status=voided",
    "by external id": "externalId=po-77",
    "by reference": "reference=office-depot-1001",
    "by a week's reference": "reference=week-3",
    "by source": "sourceType=api&limit=5",
    "by amount": "minAmount=8000&maxAmount=9000",
    "by date": "startDate=2026-01-01&endDate=2026-02-01&sort=date:asc",
    "by account": `accountId=${company.accounts.nfd.id}`,
    "of another ledger": "currency=EUR",
    "by several": `accountId=${company.accounts.nfc.id}&startDate=2025-01-01&minAmount=10000&sort=date:asc&limit=5`,
    "by created": "sort=createdAt:asc&limit=5",
    "by offset": "offset=30&limit=3&sort=sequence:asc",
  };
  for (const [name, query] of Object.entries(filters)) await get(`entries ${name}`, key, `${entries}?${query}`);
  await readPages(get, "entries by date", key, `${entries}?sort=date:desc&limit=15`);
  await readPages(get, "entries of a currency", key, `${entries}?currency=USD&sort=sequence:asc&limit=15&minAmount=2000`);
  await get("entries waiting under four eyes", key, `/companies/${careful.entityId}/journal-entries?status=pending_approval`);
  await get("entries for a reviewer", company.keys.reviewer.key, `${entries}?limit=2`);
  await get("entries for a session", company.keys.session.accessToken, `${entries}?limit=2`);
  await get("transfers", key, `/transfers?entityId=${company.entityId}&limit=5`);
  await get("lines", key, `/companies/${company.entityId}/journal-lines?startDate=2026-06-01&limit=30`);
  await get("lines as known before", key, `/companies/${company.entityId}/journal-lines?knownAt=${company.entries.rich.sequence}&limit=30`);
  await readPages(
    get,
    "lines of an account",
    key,
    `/companies/${company.entityId}/journal-lines?accountId=${company.accounts.nfc.id}&limit=8`,
  );
  await get("balances", key, `/balances?ledgerId=${company.ledgers.usd}&limit=200`);
  await get("balances at a date", key, `/balances?ledgerId=${company.ledgers.usd}&asOf=2025-06-30&limit=200`);
  await get("balances of types", key, `/companies/${company.entityId}/balances?type=bank,income`);
  await get("balances of yen", key, `/balances?ledgerId=${company.ledgers.jpy}`);
  await get("balances of an asset", key, `/balances?entityId=${company.entityId}&currency=XAUGRAM`);
  for (const status of ["open", "settled", "released", "expired"])
    await get(`holds ${status}`, key, `/holds?entityId=${company.entityId}&status=${status}`);
  await get("holds by external id", key, `/holds?entityId=${company.entityId}&externalId=auth-2`);
  await get("holds of an account", key, `/holds?entityId=${company.entityId}&accountId=${company.accounts.wallet.id}&startDate=2026-06-01`);
  await readPages(get, "holds by two", key, `/holds?entityId=${company.entityId}&limit=2`);
}

async function readReports(get: Get, { tide, company, demo, wallet, quill }: Stage): Promise<void> {
  const reports = `/companies/${company.entityId}/reports`;
  const { key } = tide.live;
  const asked = {
    "trial balance": "trial-balance",
    "trial balance at a date": "trial-balance?asOf=2025-06-30&includeZero=true&pnl=inception",
    "trial balance as known before": `trial-balance?asOf=2026-06-30&knownAt=${company.entries.posted.sequence}`,
    "trial balance, a file": "trial-balance?asOf=2026-06-30&format=csv",
    "profit and loss by month": "profit-and-loss?startDate=2025-04-01&endDate=2026-03-31&columns=month",
    "profit and loss, compared": "profit-and-loss?endDate=2026-06-30&compare=previousYear",
    "balance sheet by quarter": "balance-sheet?asOf=2026-06-30&columns=quarter",
    "balance sheet of euros": "balance-sheet?asOf=2026-06-30&currency=EUR",
    "balance sheet, a file": "balance-sheet?asOf=2026-06-30&compare=previousPeriod&format=csv",
    "general ledger, a file": `general-ledger?startDate=2026-06-01&endDate=2026-06-30&accountId=${company.accounts.nfc.id}&format=csv`,
  };
  for (const [name, path] of Object.entries(asked)) await get(name, key, `${reports}/${path}`);
  await readPages(get, "general ledger", key, `${reports}/general-ledger?startDate=2026-05-01&endDate=2026-06-30&limit=25`);
  const sandbox = `/companies/${demo.entityId}`;
  await get("trial balance of the demo company", tide.sandbox.key, `${sandbox}/reports/trial-balance`);
  await get("profit and loss of the demo company", tide.sandbox.key, `${sandbox}/reports/profit-and-loss?columns=quarter`);
  await get("entries of the demo company", tide.sandbox.key, `${sandbox}/journal-entries?limit=5&sort=date:desc&minAmount=100000`);
  await get("trial balance across generations", quill.live.key, `/companies/${wallet.entityId}/reports/trial-balance?asOf=2026-06-30`);
}

async function readWallet(get: Get, { quill: { live }, wallet }: Stage): Promise<void> {
  const { key } = live;
  await get("generations", key, `/ledgers/${wallet.ledgerId}/generations`);
  for (const [at, { id }] of wallet.jobs.entries()) await get(`job ${at + 1} of the wallet`, key, `/jobs/${id}`);
  for (const [name, { id }] of Object.entries(wallet.entries)) await get(`wallet's entry ${name}`, key, `/journal-entries/${id}`);
  for (const [name, { id }] of Object.entries(wallet.holds)) await get(`wallet's hold ${name}`, key, `/holds/${id}`);
  const to = `/companies/${wallet.entityId}`;
  await readPages(get, "wallet's entries", key, `${to}/journal-entries?limit=60&sort=sequence:asc`, 5);
  await readPages(get, "wallet's entries by date", key, `${to}/journal-entries?limit=40&sort=date:desc&reference=batch-3`);
  await get("wallet's entries by name", key, `${to}/journal-entries?externalId=topup-7`);
  await get("wallet's drafts", key, `${to}/journal-entries?status=draft`);
  await readPages(get, "wallet's lines", key, `${to}/journal-lines?limit=50&startDate=2026-02-01`);
  await get("wallet's balances", key, `${to}/balances?limit=200`);
  for (const { name, sequence } of [
    { name: "the first", sequence: wallet.entries.first.sequence },
    { name: "the second", sequence: wallet.entries.second.sequence },
  ])
    await get(`wallet's balances as known in ${name} generation`, key, `${to}/balances?limit=200&knownAt=${sequence}&asOf=2026-06-30`);
  await get("wallet's locks", key, `${to}/period-locks`);
  await get("wallet's holds", key, `${to}/holds`);
}

async function refuse(send: Send, { tide, quill, company, careful, wallet }: Stage, books: Books): Promise<void> {
  const { key } = tide.live;
  const to = `/companies/${company.entityId}/journal-entries`;
  const lines = (amount: number) => [
    { accountCode: "6100", side: "debit", amount },
    { accountCode: "1010", side: "credit", amount },
  ];
  const keyed = (name: string): Readonly<Record<string, string>> => ({ "Idempotency-Key": name });
  const post = (name: string, by: string, path: string, body: unknown, headers = keyed(`refused ${name}`)) =>
    send(`refused: ${name}`, by, "POST", path, { headers, body });
  const used = books.keyed.find(({ name }) => name === "entry");
  const known = { date: "2026-06-08", lines: lines(1) };
  await send("no key", "", "GET", "/me");
  await send("a revoked key", company.keys.revoked.key, "GET", "/me");
  await send("another site's entry", quill.live.key, "GET", `/journal-entries/${company.entries.rich.id}`);
  await send("another entity for a key of one", company.keys.restricted.key, "GET", `/companies/${careful.entityId}`);
  await send("no such route", key, "GET", "/nothing");
  await send("a cursor of another list", key, "GET", "/users?cursor=eyJ2IjoxfQ.c2lnbmF0dXJl");
  await send("a problem", key, "GET", `/journal-entries/${tide.live.siteId}`, { headers: { Accept: "application/problem+json" } });
  await post("a reviewer posts", company.keys.reviewer.key, to, known);
  await post("a key of idempotency for another request", key, to, known, used?.headers);
  await post("a locked year", key, to, { ...known, date: "2023-06-08" });
  await post("an external id for other content", key, to, { ...known, externalId: "po-77" });
  await post("an archived account", key, to, {
    ...known,
    lines: [{ accountCode: "6999", side: "debit", amount: 1 }, ...lines(1).slice(1)],
  });
  await post("more than a condition allows", key, to, {
    ...known,
    lines: [{ ...lines(1)[0], conditions: { expectedVersion: 0 } }, ...lines(1).slice(1)],
  });
  await post("the largest balance", key, to, {
    date: "2026-06-08",
    currency: "JPY",
    lines: [
      { accountCode: "11", side: "debit", amount: 1 },
      { accountCode: "9", side: "credit", amount: 1 },
    ],
  });
  await post("a body that is none", key, to, { date: "2026-02-30", lines: [], more: 1 });
  await post("an entry is reversed twice", key, `${to}/${company.entries.wrong.id}/reverse`, { date: "2026-06-08", reason: "Again" });
  await post(
    "an entry of an earlier generation is reversed twice",
    quill.live.key,
    `/journal-entries/${wallet.entries.toReverse.id}/reverse`,
    {
      date: "2026-06-14",
      reason: "Again",
    },
  );
  await post("a name of two generations ago", quill.live.key, `/companies/${wallet.entityId}/journal-entries`, {
    date: "2026-06-10",
    externalId: "topup-7",
    lines: [
      { accountCode: "1000", side: "debit", amount: 9 },
      { accountCode: "1201", side: "credit", amount: 9 },
    ],
  });
  await post("a hold that has ended", key, `/holds/${company.holds.part.id}/settle`, {});
  await post("an entity's external id that is taken", key, "/entities", {
    name: "Again",
    functionalCurrency: "USD",
    externalId: "company-1",
  });
  await post("an account's code that is taken", key, "/accounts", {
    ledgerId: company.ledgers.usd,
    code: decomposed,
    name: "Again",
    type: "income",
  });
  await post("a wrong password", "", "/auth/token", { email: "ann@tide.example", password: "it is not this one" }, keyed("unused"));
  await send("refused: an old version", key, "PATCH", `/entities/${company.entityId}`, {
    headers: { "If-Match": '"0"' },
    body: { name: "Late" },
  });
  const entries = [
    { ...known, externalId: "validated" },
    { ...known, lines: [...lines(1), ...lines(2).slice(1)] },
    { ...known, date: "2023-01-01" },
  ];
  await send("validation of several", key, "POST", `${to}/validate`, { body: { mode: "each", entries } });
  await send("validation of one", company.keys.agent.key, "POST", `${to}/validate`, { body: known });
  const sale = {
    date: "2024-01-05",
    description: "Sale 2024-01",
    externalId: "sale-2024-01-05",
    lines: [
      { accountCode: "1010", side: "debit", amount: 1_000 },
      { accountCode: "4010", side: "credit", amount: 1_000 },
    ],
  };
  await send("an entry that is there", key, "POST", to, { headers: keyed("there"), body: sale });
  const batch = books.keyed.find(({ name }) => name === "batch before the close-out")?.body ?? "";
  const { entries: topUps }: { readonly entries: readonly unknown[] } = JSON.parse(batch);
  const ofWallet = `/companies/${wallet.entityId}/journal-entries`;
  await send("an entry that is there, two generations ago", quill.live.key, "POST", ofWallet, { headers: keyed("there"), body: topUps[7] });
  // The last, because ledgers without a hold of the group take the lock.
  const june = { startDate: "2026-06-06", endDate: "2026-06-06", level: "soft" };
  await send("a lock over an open group", key, "PUT", `/companies/${company.entityId}/period-locks`, { body: june });
}
