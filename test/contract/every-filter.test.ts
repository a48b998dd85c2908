import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { apiRoutes } from "../../src/app.ts";
import { listQuery } from "../../src/http/page-query.ts";
import { present } from "../../src/kernel/assert.ts";
import { decodeAddress } from "../../src/kernel/id.ts";
import { encodeCommands } from "../../src/ledger/command-columns.ts";
import { type PostEntry, refByCode } from "../../src/ledger/domain/command.ts";
import { owner } from "../support/actors.ts";
import { freshKey } from "../support/books.ts";
import { type Api, newSite } from "../support/site.ts";

/**
 * Every list narrows by every filter that its schema names, alone, with any other, and across a close-out.
 * A list or a filter without a case below is red, and so is one that nobody applies: some rows match each filter, and some do not. Of entries, posted ones
 * and drafts match each, which are read from tables of their own. The pages of one row each say the same, in every order.
 */

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
type Row = any;

interface Stage {
  readonly api: Api;
  /** The company whose books are listed, and an individual with books of its own. */
  readonly entityId: string;
  readonly otherEntityId: string;
  readonly ledgerId: string;
  readonly euroLedgerId: string;
  readonly accounts: Readonly<Record<string, string>>;
  /** Entries by id: a line or a transfer shows less of them. */
  readonly entries: ReadonlyMap<string, Row>;
  readonly groupId: string;
}

/** A filter with a value, and the rows that it leaves. */
interface Case {
  readonly value: (stage: Stage) => string;
  readonly matches: (row: Row, stage: Stage) => boolean;
}

/** A parameter that chooses of which books the list is: it has the rows that another query has. */
interface Choice {
  readonly value: (stage: Stage) => string;
  readonly sameAs: (stage: Stage) => Readonly<Record<string, string>>;
}

/** A parameter that leaves the rows and changes what they say. */
interface Figures {
  readonly value: (stage: Stage) => string;
  /** The same row by itself. */
  readonly alone: (row: Row, stage: Stage, value: string) => string;
}

interface List {
  readonly path: (stage: Stage) => string;
  /** Beside every query: whose books they are. */
  readonly base: (stage: Stage) => Readonly<Record<string, string>>;
  readonly idOf: (row: Row) => string;
  /** Several cases where no value leaves rows of every kind. */
  readonly filters: Readonly<Record<string, Case | readonly Case[]>>;
  /** Whether it sorts by date. */
  readonly isDated?: boolean;
  readonly choices?: Readonly<Record<string, Choice>>;
  readonly figures?: Readonly<Record<string, Figures>>;
  /** Without filters it has less than with: what all of its rows are. */
  readonly wholeBy?: Readonly<Record<string, string>>;
}

const byId = (row: Row): string => row.id;
const byLine = (row: Row): string => `${row.journalEntryId} ${row.no}`;
const is = (name: string, value: string | ((stage: Stage) => string)): Case => {
  const text = typeof value === "string" ? () => value : value;
  return { value: text, matches: (row, stage) => row[name] === text(stage) };
};
const dates = {
  startDate: { value: () => "2026-02-05", matches: (row) => row.date >= "2026-02-05" },
  endDate: { value: () => "2026-02-05", matches: (row) => row.date <= "2026-02-05" },
} satisfies Record<string, Case>;
const contains = (text: string, ...names: string[]): Case => ({
  value: () => text,
  matches: (row) => names.some((name) => row[name].toLowerCase().includes(text.toLowerCase())),
});
const knownAt: Case = { value: (stage) => `${middle(stage)}`, matches: (row, stage) => row.sequence <= middle(stage) };
/** The sequence of an entry with others before it and after. */
function middle({ entries }: Stage): number {
  const sequences = [...entries.values()].filter(({ status }) => status !== "draft").map(({ sequence }) => sequence);
  return sequences.sort((a, b) => a - b)[Math.floor(sequences.length / 2)];
}
const amountOf = (row: Row): number =>
  row.lines.filter(({ side }: Row) => side === "debit").reduce((sum: number, { amount }: Row) => sum + amount, 0);

function casesOf(filter: Case | readonly Case[] | undefined): readonly Case[] {
  const cases = present(filter, "the table has the filter");
  return "matches" in cases ? [cases] : cases;
}

const ofEntries = {
  accountId: {
    value: ({ accounts }) => accounts.rent ?? "",
    matches: (row, { accounts }) => row.lines.some((line: Row) => line.accountId === accounts.rent),
  },
  status: [
    is("status", "reversed"),
    is("status", "posted"),
    is("status", "voided"),
    is("status", "draft"),
    is("status", "pending_approval"),
  ],
  sourceType: ["bill", "api"].map((type) => ({ value: () => type, matches: (row) => row.source.type === type })),
  // No two have the same: one is an entry's, one a draft's, one that of a hold and of the entry that settled it.
  externalId: [is("externalId", "x-1"), is("externalId", "x-3"), is("externalId", "h-2")],
  reference: is("reference", "r-2"),
  ...dates,
  minAmount: { value: () => "300", matches: (row) => amountOf(row) >= 300 },
  maxAmount: { value: () => "300", matches: (row) => amountOf(row) <= 300 },
} satisfies List["filters"];

/** The same of a row that stands for its entry. */
const byEntry = ({ value, matches }: Case): Case => ({ value, matches: (row, stage) => matches(stage.entries.get(row.id), stage) });

const ofLedger = ({ entityId }: Stage) => ({ entityId });
const choices = {
  entityId: { value: ({ otherEntityId }) => otherEntityId, sameAs: () => ({ "x-organization-id": "other" }) },
  ledgerId: { value: ({ euroLedgerId }) => euroLedgerId, sameAs: ({ entityId }) => ({ entityId, currency: "EUR" }) },
  currency: { value: () => "EUR", sameAs: ({ euroLedgerId }) => ({ ledgerId: euroLedgerId }) },
} satisfies Record<string, Choice>;

const terms = (path: string): List => ({
  path: () => path,
  base: () => ({}),
  idOf: byId,
  filters: { key: is("key", "payout"), search: contains("PAY", "key", "name") },
});
const entities = (path: string, of: object): List => ({
  path: () => path,
  base: () => ({}),
  idOf: byId,
  filters: {
    ...of,
    status: is("status", "archived"),
    externalId: is("externalId", "co-1"),
    search: contains("ALPHA", "name"),
  },
});
const unfiltered = (path: string): List => ({ path: () => path, base: () => ({}), idOf: byId, filters: {} });
const balance =
  (name: string): Figures["alone"] =>
  (row, _stage, value) =>
    `/accounts/${row.accountId}/balance?${name}=${value}`;

const lists: Readonly<Record<string, List>> = {
  listEntries: { path: () => "/journal-entries", base: ofLedger, idOf: byId, choices, filters: ofEntries, isDated: true },
  listTransfers: {
    path: () => "/transfers",
    base: ofLedger,
    idOf: byId,
    choices,
    // Each by what the entry says.
    filters: {
      ...Object.fromEntries(Object.entries(ofEntries).map(([name, filter]) => [name, casesOf(filter).map(byEntry)])),
      status: [is("status", "reversed"), is("status", "posted"), is("status", "voided")].map(byEntry),
    },
    isDated: true,
  },
  listJournalLines: {
    path: () => "/journal-lines",
    base: ofLedger,
    idOf: byLine,
    choices,
    filters: { accountId: is("accountId", ({ accounts }) => accounts.rent ?? ""), ...dates, knownAt },
    isDated: true,
  },
  listAccountLines: {
    path: ({ accounts }) => `/accounts/${accounts.cash}/lines`,
    base: () => ({}),
    idOf: byLine,
    filters: { ...dates, knownAt },
    isDated: true,
  },
  listHolds: {
    path: () => "/holds",
    base: ofLedger,
    idOf: byId,
    choices,
    filters: {
      status: is("status", "settled"),
      accountId: ofEntries.accountId,
      groupId: is("groupId", ({ groupId }) => groupId),
      externalId: is("externalId", "h-1"),
      ...dates,
    },
    isDated: true,
  },
  listBalances: {
    path: () => "/balances",
    base: ofLedger,
    idOf: (row) => row.accountId,
    choices,
    filters: {
      accountIds: {
        value: ({ accounts }) => `${accounts.cash},${accounts.rent}`,
        matches: (row, { accounts }) => row.accountId === accounts.cash || row.accountId === accounts.rent,
      },
      type: { value: () => "bank,income", matches: (row) => row.type === "bank" || row.type === "income" },
    },
    figures: {
      asOf: { value: () => "2026-02-05", alone: balance("asOf") },
      knownAt: { value: (stage) => `${middle(stage)}`, alone: balance("knownAt") },
    },
  },
  listAccounts: {
    path: () => "/accounts",
    base: ofLedger,
    idOf: byId,
    choices,
    filters: {
      type: is("type", "expense"),
      code: is("code", "1000"),
      search: contains("rent", "name", "code"),
      status: is("status", "archived"),
      externalId: is("externalId", "ext-cash"),
      role: is("role", "rounding"),
      parentId: is("parentId", ({ accounts }) => accounts.receivable ?? ""),
    },
  },
  listLedgers: {
    path: () => "/ledgers",
    base: () => ({}),
    idOf: byId,
    filters: { entityId: is("entityId", ({ entityId }) => entityId), currency: is("currency", "EUR") },
  },
  listJobs: {
    path: () => "/jobs",
    base: () => ({}),
    idOf: byId,
    filters: {
      type: is("type", "close_out_ledger"),
      status: is("status", "cancelled"),
      entityId: is("entityId", ({ otherEntityId }) => otherEntityId),
      ledgerId: is("ledgerId", ({ euroLedgerId }) => euroLedgerId),
    },
  },
  listEntities: entities("/entities", { kind: is("kind", "individual") }),
  listCompanies: entities("/companies", {}),
  listOrganizations: entities("/organizations", {}),
  listEventTypes: terms("/metadata/event-types"),
  listProducts: terms("/metadata/products"),
  listCategories: terms("/metadata/categories"),
  listCurrencies: {
    path: () => "/metadata/currencies",
    base: () => ({}),
    idOf: (row) => `${row.code} ${row.withdrawn} ${row.name}`,
    filters: { includeWithdrawn: { value: () => "false", matches: (row) => row.status === "active" } },
    wholeBy: { includeWithdrawn: "true" },
  },
  listUsers: unfiltered("/users"),
  listSites: unfiltered("/sites"),
  listTokens: unfiltered("/tokens"),
};

/** Queries that are no lists, and where each of their parameters is tested. */
const noLists: Readonly<Record<string, string>> = {
  getBalance: "test/features/balances",
  getBalanceHistory: "test/features/balances",
  listPeriodLocks: "test/features/periods",
  getTrialBalance: "test/features/reports",
  getProfitAndLoss: "test/features/reports",
  getBalanceSheet: "test/features/reports",
  getGeneralLedger: "test/features/reports",
};

/** The order that a list has by itself, and by date where it has dates. */
function ordersOf({ isDated }: List): readonly Query[] {
  return isDated ? [{}, { sort: "date:asc" }, { sort: "date:desc" }] : [{}];
}

const paging: readonly string[] = Object.keys(listQuery);
const queried = apiRoutes
  .map(({ definition }) => definition)
  .flatMap(({ operationId, query }) => (query === undefined ? [] : [[operationId, Object.keys(query.shape)] as const]));

test("every list has its cases, and every filter of its schema one", () => {
  const filters = queried
    .filter(([operationId]) => !Object.hasOwn(noLists, operationId))
    .map(([operationId, names]) => [operationId, names.filter((name) => !paging.includes(name)).sort()]);
  const cases = Object.entries(lists).map(([operationId, list]) => [
    operationId,
    [list.filters, list.choices ?? {}, list.figures ?? {}].flatMap(Object.keys).sort(),
  ]);
  expect(Object.fromEntries(cases)).toEqual(Object.fromEntries(filters));
  for (const name of Object.keys(noLists)) expect(queried.map(([operationId]) => operationId)).toContain(name);
});

async function made(api: Api, path: string, body: object, status = 201): Promise<Row> {
  const answer = await api.post(path, body, freshKey());
  expect(answer.status, answer.text.slice(0, 300)).toBe(status);
  return answer.body;
}

const chart = [
  { name: "cash", code: "1000", type: "bank", externalId: "ext-cash" },
  { name: "receivable", code: "1100", type: "accounts_receivable" },
  { name: "equity", code: "3000", type: "equity" },
  { name: "sales", code: "4000", type: "income" },
  { name: "rent", code: "6000", type: "expense" },
  { name: "cents", code: "6900", type: "expense", role: "rounding" },
] as const;

const code = Object.fromEntries(chart.map((account) => [account.name, account.code]));
const moving = (date: string, debit: string, credit: string, amount: number, more: object = {}) => ({
  date,
  lines: [
    { accountCode: code[debit], side: "debit", amount },
    { accountCode: code[credit], side: "credit", amount },
  ],
  ...more,
});

async function newStage(): Promise<Stage> {
  const { api } = await newSite("live");
  const entity = (name: string, more: object) => made(api, "/entities", { name, functionalCurrency: "USD", ...more });
  const company = await entity("Alpha Ltd", { externalId: "co-1" });
  const other = await entity("Beta", { kind: "individual", externalId: "co-2" });
  const old = await entity("Gamma Ltd", { externalId: "co-3" });
  expect((await api.patch(`/entities/${old.id}`, { status: "archived" })).status).toBe(200);
  const euros = await made(api, "/ledgers", { entityId: company.id, currency: "EUR" });
  const accounts: Record<string, string> = {};
  for (const { ...account } of chart) {
    accounts[account.name] = (await made(api, "/accounts", { entityId: company.id, ...account })).id;
    await made(api, "/accounts", { entityId: other.id, ...account });
    await made(api, "/accounts", { ledgerId: euros.id, ...account });
  }
  const parentId = accounts.receivable;
  await made(api, "/accounts", { entityId: company.id, code: "1110", name: "Shops", type: "accounts_receivable", parentId });
  const closed = await made(api, "/accounts", { entityId: company.id, code: "6990", name: "Former", type: "expense" });
  expect((await api.patch(`/accounts/${closed.id}`, { status: "archived" })).status).toBe(200);

  const groupId = crypto.randomUUID();
  for (const books of [{ entityId: company.id }, { entityId: other.id }, { ledgerId: euros.id }]) {
    const post = (entry: object) => made(api, "/journal-entries", { ...books, ...entry });
    await post(moving("2026-01-05", "cash", "equity", 1_000, { externalId: "x-1", reference: "r-1" }));
    const reversed = await post(moving("2026-02-05", "rent", "cash", 300, { reference: "r-2" }));
    const voided = await post(moving("2026-03-05", "receivable", "sales", 500));
    await post(moving("2026-03-06", "cents", "cash", 7, { externalId: "x-2" }));
    await made(api, `/journal-entries/${reversed.id}/reverse`, { date: "2026-05-01", reason: "Twice" });
    await made(api, `/journal-entries/${voided.id}/void`, { reason: "Wrong" });
    await withSource(reversed.id, "bill-1");
    await withSource(reversed.id, "bill-2");
    await made(api, "/entries", { ...books, ...moving("2026-02-10", "cash", "sales", 40, { reference: "r-2" }) });
    await made(api, "/entries", { ...books, ...moving("2026-03-05", "receivable", "sales", 700) });
    const draft = await made(api, "/entries", { ...books, ...moving("2026-01-10", "rent", "cash", 90, { externalId: "x-3" }) });
    await made(api, `/journal-entries/${draft.id}/submit`, {}, 200);
    const hold = (body: object) => made(api, "/holds", { ...books, ...body });
    await hold(moving("2026-01-06", "rent", "cash", 5, { externalId: "h-1" }));
    await hold(moving("2026-02-05", "cents", "cash", 6, { groupId }));
    const settled = await hold(moving("2026-03-07", "rent", "cash", 8, { externalId: "h-2" }));
    await made(api, `/holds/${settled.id}/settle`, {});
    const released = await hold(moving("2026-03-08", "cents", "cash", 9));
    await made(api, `/holds/${released.id}/release`, {}, 200);
  }
  for (const path of ["event-types", "products", "categories"]) {
    await made(api, `/metadata/${path}`, { key: "payout", name: "Sent out" });
    await made(api, `/metadata/${path}`, { key: "refund", name: "Repaid" });
    await made(api, `/metadata/${path}`, { key: "fee", name: "Fees" });
  }
  await made(api, `/ledgers/${euros.id}/close-out`, { force: true }, 202);
  await verify(api, other.functionalLedgerId);
  // A verification of so few entries may be done before it is cancelled.
  do await verify(api, company.functionalLedgerId);
  while ((await api.get("/jobs?status=cancelled")).body.totalCount === 0);
  const { data } = (await api.get(`/journal-entries?entityId=${company.id}&limit=200`)).body;
  return {
    api,
    entityId: company.id,
    otherEntityId: other.id,
    ledgerId: company.functionalLedgerId,
    euroLedgerId: euros.id,
    accounts,
    entries: new Map(data.map((entry: Row) => [entry.id, entry])),
    groupId,
  };
}

/** Starts a verification, and asks for its end at once. */
async function verify(api: Api, ledgerId: string): Promise<void> {
  const { id } = await made(api, `/ledgers/${ledgerId}/verify`, {}, 202);
  await made(api, `/jobs/${id}/cancel`, {}, 200);
}

/** Posts an entry of a document, which no request does by itself, in the ledger of another entry. */
async function withSource(entryId: string, id: string): Promise<void> {
  const command: PostEntry = {
    kind: "post_entry",
    date: "2026-02-04",
    source: { type: "bill", id, step: "accrue" },
    lines: [
      { account: refByCode("6000"), side: "debit", amount: 60 },
      { account: refByCode("1000"), side: "credit", amount: 60 },
    ],
  };
  const ledger = env.LEDGER.getByName(`ledger-${decodeAddress(entryId)?.ledgerNumber}`);
  const options = { mode: "atomic", actor: owner, requestId: "req_test", answer: "one" } as const;
  expect(await ledger.write(encodeCommands([command]), options)).toMatchObject({ outcome: "written" });
}

interface Page {
  readonly rows: readonly Row[];
  readonly totalCount: number;
}

type Query = Readonly<Record<string, string>>;

async function listed({ api, otherEntityId }: Stage, path: string, query: Query): Promise<Page & { readonly nextCursor: string | null }> {
  const { "x-organization-id": organization, ...parameters } = query;
  const limit = path.endsWith("/currencies") ? {} : { limit: "200" };
  const headers = organization === undefined ? {} : { "x-organization-id": otherEntityId };
  const answer = await api.get(`${path}?${new URLSearchParams({ ...limit, ...parameters })}`, headers);
  expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  return { rows: answer.body.data, totalCount: answer.body.totalCount, nextCursor: answer.body.nextCursor };
}

/** The rows of pages of one row each. */
async function inSmallPages(stage: Stage, path: string, query: Query): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await listed(stage, path, { ...query, limit: "1", ...(cursor === undefined ? {} : { cursor }) });
    expect({ query, rows: page.rows.length }).toEqual({ query, rows: Math.min(page.totalCount, 1) });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  }
  return rows;
}

/** Each filter's cases with each of the others'. */
function combined(list: List, names: readonly string[]): (readonly (readonly [string, Case])[])[] {
  return names.reduce<(readonly (readonly [string, Case])[])[]>(
    (sets, name) => sets.flatMap((set) => casesOf(list.filters[name]).map((of) => [...set, [name, of] as const])),
    [[]],
  );
}

interface Narrowed {
  readonly left: readonly Row[];
  readonly all: readonly Row[];
}

/** Asserts that the filters leave what they are to leave, in the order of the whole list, and that the count says so. */
async function mustNarrow(stage: Stage, list: List, names: readonly string[], order: Query = {}): Promise<Narrowed[]> {
  const { idOf } = list;
  const path = list.path(stage);
  const base = { ...list.base(stage), ...order };
  const all = await listed(stage, path, { ...base, ...list.wholeBy });
  const narrowed: Narrowed[] = [];
  for (const cases of combined(list, names)) {
    const query = Object.fromEntries(cases.map(([name, { value }]) => [name, value(stage)]));
    const { rows, totalCount } = await listed(stage, path, { ...base, ...query });
    const expected = all.rows.filter((row) => cases.every(([, { matches }]) => matches(row, stage)));
    expect({ query, order, ids: rows.map(idOf) }).toEqual({ query, order, ids: expected.map(idOf) });
    expect({ query, totalCount }).toEqual({ query, totalCount: expected.length });
    narrowed.push({ left: rows, all: all.rows });
  }
  return narrowed;
}

/** The same of pages of one row each. */
async function mustNarrowInPages(stage: Stage, list: List, name: string, order: Query): Promise<void> {
  const path = list.path(stage);
  const base = { ...list.base(stage), ...order };
  const all = await listed(stage, path, { ...base, ...list.wholeBy });
  for (const { value, matches } of casesOf(list.filters[name])) {
    const query = { ...base, [name]: value(stage) };
    const expected = all.rows.filter((row) => matches(row, stage));
    const rows = await inSmallPages(stage, path, query);
    expect({ query, ids: rows.map(list.idOf) }).toEqual({ query, ids: expected.map(list.idOf) });
  }
}

describe.each(["in the generation that has it all", "across a close-out", "where lists are walked in their order"])("%s", (when) => {
  let stage: Stage;
  beforeAll(async () => {
    // An index that leaves more than one record is then left alone.
    Object.assign(env, { LEDGER_GATHERED: when === "where lists are walked in their order" ? "1" : "" });
    stage = await newStage();
    if (when !== "across a close-out") return;
    const { api, ledgerId } = stage;
    await made(api, `/ledgers/${ledgerId}/close-out`, { force: true }, 202);
    const generations = async () => expect((await api.get(`/ledgers/${ledgerId}/generations`)).body.data).toHaveLength(2);
    await vi.waitFor(generations, { timeout: 30_000, interval: 100 });
  });

  const alone = Object.entries(lists).flatMap(([operationId, { filters }]) => Object.keys(filters).map((name) => [operationId, name]));

  test.each(alone)("%s narrows by %s", async (operationId = "", name = "") => {
    const narrowed = await mustNarrow(stage, lists[operationId] as List, [name]);
    // Else the cases would be true of a filter that nobody applies, or of one that leaves nothing.
    expect(narrowed.flatMap(({ left }) => left).length).toBeGreaterThan(0);
    for (const { left, all } of narrowed) expect(left.length).toBeLessThan(all.length);
  });

  test.each(Object.keys(ofEntries))("posted entries and drafts are of those that %s leaves", async (name) => {
    const narrowed = await mustNarrow(stage, lists.listEntries as List, [name]);
    const isDraft = ({ status }: Row) => status === "draft" || status === "pending_approval";
    const kinds = (rows: readonly Row[]) => new Set(rows.map((row) => (isDraft(row) ? "a draft" : "a posted entry")));
    expect(kinds(narrowed.flatMap(({ left }) => left))).toEqual(new Set(["a draft", "a posted entry"]));
  });

  // The currencies are one page.
  test.each(alone.filter(([operationId]) => operationId !== "listCurrencies"))(
    "%s in pages of one row narrows by %s in every order",
    async (operationId = "", name = "") => {
      const list = lists[operationId] as List;
      for (const order of ordersOf(list)) await mustNarrowInPages(stage, list, name, order);
    },
  );

  test.each(Object.entries(lists).filter(([, { filters }]) => Object.keys(filters).length > 1))(
    "%s narrows by any two",
    async (_, list) => {
      const names = Object.keys(list.filters);
      for (const order of ordersOf(list))
        for (const [i, first] of names.entries())
          for (const second of names.slice(i + 1)) await mustNarrow(stage, list, [first, second], order);
    },
  );

  const chosen = Object.entries(lists).flatMap(([operationId, { choices: of = {} }]) => Object.keys(of).map((name) => [operationId, name]));

  test.each(chosen)("%s is of the books that %s names", async (operationId = "", name = "") => {
    const list = lists[operationId] as List;
    const { value, sameAs } = present(list.choices?.[name], "the table has the case");
    const whose = name === "currency" ? { entityId: stage.entityId } : {};
    const given = await listed(stage, list.path(stage), { ...whose, [name]: value(stage) });
    const same = await listed(stage, list.path(stage), sameAs(stage));
    const usual = await listed(stage, list.path(stage), list.base(stage));
    const ids = ({ rows }: Page) => rows.map(list.idOf).sort();
    expect(ids(given)).toEqual(ids(same));
    expect(given.rows.length).toBeGreaterThan(0);
    expect(ids(given).filter((id) => ids(usual).includes(id))).toEqual([]);
  });

  const figured = Object.entries(lists).flatMap(([operationId, { figures = {} }]) =>
    Object.keys(figures).map((name) => [operationId, name]),
  );

  test.each(figured)("%s has the figures that %s asks for", async (operationId = "", name = "") => {
    const list = lists[operationId] as List;
    const { value, alone: pathOf } = present(list.figures?.[name], "the table has the case");
    const base = list.base(stage);
    const { rows } = await listed(stage, list.path(stage), { ...base, [name]: value(stage) });
    for (const row of rows) expect(row).toEqual((await stage.api.get(pathOf(row, stage, value(stage)))).body);
    const usual = await listed(stage, list.path(stage), base);
    expect(rows.map(list.idOf)).toEqual(usual.rows.map(list.idOf));
    expect(rows.map(({ balance: figure }: Row) => figure)).not.toEqual(usual.rows.map(({ balance: figure }: Row) => figure));
  });
});
