import {
  type Books,
  composed,
  decomposed,
  type EntryAnswer,
  type Firm,
  farAway,
  finishedJob,
  twoLines,
  until,
  type WithId,
} from "./books.ts";
import { type Keys, makeKeys } from "./people.ts";

interface Company {
  readonly books: Books;
  /** An OWNER's. */
  readonly key: string;
  readonly entityId: string;
  readonly usd: string;
  /** Where its entries are posted. */
  readonly to: string;
}

/** A company with something of everything. */
export async function makeVariedCompany(books: Books, firm: Firm) {
  const { key } = firm.live;
  const made = await books.post<WithId & { readonly functionalLedgerId: string }>(
    key,
    "/entities",
    {
      name: "Blue Bottle Ltd",
      functionalCurrency: "USD",
      fiscalYearStart: "04-01",
      country: "GB",
      externalId: "company-1",
      metadata: { region: "emea", "owner's name": decomposed },
      chart: "us-small-business",
    },
    { name: "entity with a chart" },
  );
  const [entityId, usd] = [made.id, made.functionalLedgerId];
  const keys = await makeKeys(books, firm, entityId);
  const company: Company = { books, key, entityId, usd, to: `/companies/${entityId}/journal-entries` };
  const others = await openLedgers(company);
  const accounts = await openAccounts(company);
  const posted = await postEntries(company, others.jpy, accounts.nfd.id);
  await postBatches(company);
  const corrected = await correctEntries(company, posted.rich.id);
  await lockPeriods(company);
  const drafts = await writeDrafts(company, keys);
  const { groups, ...holds } = await placeHolds(company);
  const job = await books.post(key, `/ledgers/${usd}/verify`, {}, { name: "verification" });
  await finishedJob(books, key, job.id);
  return {
    entityId,
    ledgers: { usd, ...others },
    keys,
    accounts,
    entries: { ...posted, ...corrected, ...drafts },
    holds,
    groups,
    jobId: job.id,
  };
}

async function openLedgers({ books, key, entityId }: Company) {
  const eur = await books.post(
    key,
    "/ledgers",
    { entityId, currency: "EUR", name: "Euro books", metadata: { bank: "N26" } },
    { name: "ledger EUR" },
  );
  const jpy = await books.post(
    key,
    "/ledgers",
    { entityId, currency: "JPY", description: "Yen, without decimals" },
    { name: "ledger JPY" },
  );
  const gold = await books.post(key, "/ledgers", { entityId, currency: "XAUGRAM", scale: 3 }, { name: "ledger of an asset" });
  await books.post(key, "/accounts/import", { ledgerId: eur.id, chart: "us-small-business" }, { name: "accounts of a chart" });
  const rows = [
    { code: "1", name: "Banks", type: "bank" },
    { code: "11", name: "Vault", type: "bank", parentCode: "1", externalId: "vault" },
    { code: "9", name: "Owners", type: "equity", stableKey: "owners" },
  ];
  await books.post(key, "/accounts/import", { ledgerId: jpy.id, accounts: rows }, { name: "accounts of a list" });
  const csv = `code,name,type,parentCode\nG1,Bars,other_asset,\nG2,"Coins, ${decomposed}",other_asset,G1\nG9,Owners,equity,\n`;
  await books.post(key, "/accounts/import", { ledgerId: gold.id, csv }, { name: "accounts of a file" });
  await books.send(key, "PATCH", `/ledgers/${eur.id}`, { name: "Books in euros" });
  return { eur: eur.id, jpy: jpy.id, gold: gold.id };
}

async function openAccounts({ books, key, usd }: Company) {
  const account = (fields: Readonly<Record<string, unknown>>, name: string) =>
    books.post(key, "/accounts", { ledgerId: usd, ...fields }, { name: `account ${name}` });
  const nfc = await account({ code: composed, name: `${composed} composed`, type: "income" }, "NFC");
  const nfd = await account({ code: decomposed, name: `${decomposed} decomposed`, type: "income" }, "NFD");
  const wallet = await account(
    {
      code: "2100-ada",
      name: "Wallet of Ada",
      type: "other_current_liability",
      externalId: "customer-ada",
      minBalance: 0,
      maxBalance: 10_000_000,
    },
    "with limits",
  );
  const child = await account(
    { code: "1010-1", name: "Petty cash", type: "bank", description: "In the drawer", subtype: "cash", stableKey: "petty" },
    "with a description",
  );
  const archived = await account({ code: "6999", name: "No longer used", type: "expense" }, "that is archived");
  const deleted = await account({ code: "6998", name: "Never used", type: "expense" }, "that is deleted");
  await books.send(key, "PATCH", `/accounts/${child.id}`, { description: null, name: `Petty cash ${composed}` });
  await books.send(key, "PATCH", `/accounts/${archived.id}`, { status: "archived" });
  await books.send(key, "DELETE", `/accounts/${deleted.id}`);
  return { nfc, nfd, wallet, child, archived, deleted };
}

function entriesOf({ books, key, to }: Company) {
  return (name: string, date: string, lines: unknown, more: Readonly<Record<string, unknown>> = {}, by = key) =>
    books.post<EntryAnswer>(by, to, { date, lines, ...more }, { name });
}

async function postEntries(company: Company, jpy: string, nfd: string) {
  const { books, key, entityId } = company;
  const entry = entriesOf(company);
  const capital = await entry("entry", "2023-04-03", twoLines("1010", "3010", 50_000_000), { description: "Share capital" });
  const contactId = "01980c1e-7e0c-7abc-9def-0123456789ab";
  const rich = await entry(
    "entry with every field",
    "2026-06-08",
    [
      {
        accountCode: "6100",
        side: "debit",
        amount: 4_299,
        memo: "card 4417\nsecond line",
        contactId,
        tags: ["travel", composed, decomposed],
      },
      { accountCode: "6120", side: "debit", amount: 1, tags: [] },
      { accountCode: "1010", side: "credit", amount: 4_300, conditions: { minPosted: 0, maxAvailable: 90_000_000, expectedVersion: 1 } },
    ],
    {
      description: `Office supplies, ${decomposed} and ${composed}`,
      reference: "office-depot-1001",
      externalId: "po-77",
      metadata: { region: "emea", [decomposed]: composed, [composed]: decomposed, empty: "" },
    },
  );
  await entry("entry on NFC and NFD", "2026-06-09", [
    { accountCode: "1010", side: "debit", amount: 700 },
    { accountCode: composed, side: "credit", amount: 300 },
    { accountCode: decomposed, side: "credit", amount: 400 },
  ]);
  await entry("entry by account id and external id", "2026-06-10", [
    { accountCode: "1010", side: "debit", amount: 25_000 },
    { accountExternalId: "customer-ada", side: "credit", amount: 20_000 },
    { accountId: nfd, side: "credit", amount: 5_000 },
  ]);
  await entry("entry that replaces", "2026-06-11", twoLines("6100", "1010", 4_300), { replaces: rich.id, reference: "office-depot-1001" });
  const largest = Number.MAX_SAFE_INTEGER;
  await entry("entry of the largest amount", "2026-01-05", twoLines("11", "9", largest), { ledgerId: jpy, externalId: "all the yen" });
  await entry("entry of an asset", "2026-01-06", twoLines("G2", "G9", 31_103), { currency: "XAUGRAM" });
  await entry("entry in euros", "2026-02-10", twoLines("1010", "3010", 9_000_000), { currency: "EUR" });
  await books.post(
    key,
    "/journal-entries",
    { entityId, date: "2026-02-11", lines: twoLines("6100", "1010", 12_345), currency: "EUR" },
    { name: "entry, its company named in the body" },
  );
  return { capital, rich };
}

async function postBatches({ books, key, to }: Company): Promise<void> {
  const months = Array.from({ length: 30 }, (_, at) => `${2024 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`);
  const sales = months.flatMap((month, at) =>
    ["05", "15", "25"].map((day, part) => ({
      date: `${month}-${day}`,
      description: `Sale ${month}`,
      externalId: `sale-${month}-${day}`,
      ...(part === 1 && { reference: `week-${at}`, metadata: { month } }),
      lines: twoLines("1010", part === 2 ? composed : "4010", 1_000 * (at + 1) + part),
    })),
  );
  await books.post(key, `${to}/batch`, { mode: "atomic", entries: sales }, { name: "batch, all or none, answered in full" });
  const costs = months.map((month, at) => ({
    date: `${month}-28`,
    externalId: `cost-${month}`,
    lines: twoLines("6120", "1010", 500 + at),
  }));
  await books.post(
    key,
    `${to}/batch`,
    { mode: "atomic", entries: costs },
    { name: "batch, answered in short", headers: { Prefer: "return=minimal" } },
  );
  const each = [
    { date: "2026-03-01", lines: twoLines("6110", "1010", 77) },
    { date: "2026-03-02", lines: twoLines("6110", "no such account", 77) },
    { date: "2026-03-03", lines: twoLines("6110", "1010", 78), externalId: "po-77" },
    { date: "2026-03-04", lines: twoLines("6110", "1010", 79) },
  ];
  await books.post(key, `${to}/batch`, { mode: "each", entries: each }, { name: "batch, each by itself" });
}

async function correctEntries(company: Company, richId: string) {
  const { books, key, to } = company;
  const entry = entriesOf(company);
  const wrong = await entry("entry to be reversed", "2026-04-02", twoLines("6160", "1010", 8_600));
  await books.post(key, `${to}/${wrong.id}/reverse`, { date: "2026-04-03", reason: `Wrong ${decomposed}` }, { name: "reversal" });
  const voided = await entry("entry to be voided", "2026-04-04", twoLines("6160", "1010", 8_700));
  await books.post(key, `${to}/${voided.id}/void`, { reason: "Twice" }, { name: "void" });
  await books.send(key, "PUT", `${to}/${richId}/posting-reference`, { postingReference: "FI-2026-004711" });
  await books.post(
    key,
    to,
    { date: "2026-04-05", lines: twoLines("6100", "no such account", 5) },
    { name: "refused: an unknown account", refusedAs: "ACCOUNT_NOT_FOUND" },
  );
  await books.post(
    key,
    to,
    { date: "2026-04-05", lines: [...twoLines("6100", "1010", 5), { accountCode: "1010", side: "debit", amount: 1 }] },
    {
      name: "refused: debits and credits",
      refusedAs: "ENTRY_UNBALANCED",
    },
  );
  await books.post(
    key,
    to,
    {
      date: "2026-04-05",
      lines: [
        { accountExternalId: "customer-ada", side: "debit", amount: 20_001 },
        { accountCode: "1010", side: "credit", amount: 20_001 },
      ],
    },
    { name: "refused: a limit of an account", refusedAs: "BALANCE_LIMIT" },
  );
  return { wrong, voided };
}

/** A year that nobody posts to, and months that few do. */
async function lockPeriods(company: Company): Promise<void> {
  const { books, key, entityId, to } = company;
  const entry = entriesOf(company);
  const locks = `/companies/${entityId}/period-locks`;
  await books.send(key, "PUT", locks, { startDate: "2023-01-01", endDate: "2023-12-31", level: "hard", reason: "Audited" });
  await books.send(key, "PUT", locks, { startDate: "2024-01-01", endDate: "2024-06-30", level: "soft", module: "journal" });
  await entry("entry in a softly locked period", "2024-03-31", twoLines("6020", "1010", 350));
  await books.post(
    key,
    to,
    { date: "2023-05-05", lines: twoLines("6020", "1010", 1) },
    { name: "refused: a locked year", refusedAs: "PERIOD_LOCKED" },
  );
}

/** Drafts of a person, and what an agent posts: approved, rejected, let go, and still waiting. */
async function writeDrafts(company: Company, keys: Keys) {
  const { books, key, entityId, to } = company;
  const entry = entriesOf(company);
  const drafts = `/companies/${entityId}/entries`;
  const draft = (name: string, body: Readonly<Record<string, unknown>>, by = key) => books.post<EntryAnswer>(by, drafts, body, { name });
  const unbalanced = await draft("draft", {
    date: "2026-06-20",
    description: "Laptop",
    lines: [{ accountCode: "6100", side: "debit", amount: 189_900 }],
  });
  await books.send(key, "PATCH", `${to}/${unbalanced.id}`, { reference: "laptop-1", metadata: { quote: composed } });
  const submitted = await draft("draft to be submitted", {
    date: "2026-06-21",
    lines: twoLines("1520", "2110", 189_900),
    externalId: "laptop-2",
  });
  await books.post(keys.preparer.key, `${to}/${submitted.id}/submit`, {}, { name: "submission" });
  const abandoned = await draft("draft to be let go", { date: "2026-06-22", description: "Never mind", lines: [] });
  await books.post(key, `${to}/${abandoned.id}/void`, { reason: "Not needed" }, { name: "void of a draft" });
  const posted = await draft("draft to be posted", { date: "2026-06-23", lines: twoLines("6100", "2110", 333), externalId: "laptop-3" });
  await books.post(key, `${to}/${posted.id}/post`, {}, { name: "posting of a draft" });
  const receipts: EntryAnswer[] = [];
  for (const no of [1, 2, 3, 4, 5, 6])
    receipts.push(
      await entry(
        `entry of an agent ${no}`,
        "2026-06-12",
        twoLines("6100", "2110", 1_000 + no),
        { description: `Receipt ${no}`, externalId: `receipt-${no}` },
        keys.agent.key,
      ),
    );
  const [approved, rejected, dropped, together, stale, waiting] = receipts.map(({ id }) => id);
  const ann = keys.approver.key;
  await books.post(ann, `${to}/${approved}/approve`, { version: 1 }, { name: "approval" });
  await books.post(ann, `${to}/${rejected}/reject`, { reason: `No ${decomposed}` }, { name: "rejection" });
  await books.post(ann, `${to}/${dropped}/reject`, { reason: "Not ours" }, { name: "rejection before a void" });
  await books.post(ann, `${to}/${dropped}/void`, { reason: "Not ours" }, { name: "void of an agent's entry" });
  const several = {
    entries: [
      { id: together, version: 1 },
      { id: stale, version: 9 },
    ],
  };
  await books.post(ann, "/journal-entries/batch-approve", several, { name: "approval of several" });
  await books.post(
    key,
    `${to}/${waiting}/approve`,
    { version: 1 },
    { name: "refused: a service approves an agent's", refusedAs: "PERSON_REQUIRED" },
  );
  return { unbalanced, submitted, abandoned, posted, receipts };
}

/** Holds in every state, a group of which one ledger of two has its hold, and one of which one of two is settled. */
async function placeHolds({ books, key, entityId }: Company) {
  const hold = (name: string, body: Readonly<Record<string, unknown>>) =>
    books.post(key, "/holds", { entityId, date: "2026-06-06", ...body }, { name });
  const ada = (amount: number) => [
    { accountExternalId: "customer-ada", side: "debit", amount },
    { accountCode: "2110", side: "credit", amount, memo: "the till", tags: ["card"] },
  ];
  const open = await hold("hold", { lines: ada(1_000), externalId: "auth-1", description: `Shop ${decomposed}`, metadata: { till: "7" } });
  const ending = await hold("hold with an end", { lines: ada(1_100), expiresAt: farAway, reference: "till-8" });
  const part = await hold("hold to be settled in part", { lines: ada(8_000), externalId: "auth-2", expiresAt: farAway });
  await books.post(
    key,
    `/holds/${part.id}/settle`,
    {
      date: "2026-06-08",
      lines: [
        { no: 1, amount: 6_320 },
        { no: 2, amount: 6_320 },
      ],
    },
    {
      name: "settlement in part",
    },
  );
  const released = await hold("hold to be released", { lines: ada(4_500), externalId: "auth-3" });
  await books.post(key, `/holds/${released.id}/release`, { reason: "Cancelled by the shop" }, { name: "release" });
  const expired = await hold("hold to expire", {
    lines: ada(50),
    externalId: "auth-4",
    expiresAt: new Date(Date.now() + 1_500).toISOString(),
  });
  const halfPlaced = "0199a1b2-0000-7000-8000-00000000000a";
  const half = await hold("hold of a group that is half placed", {
    groupId: halfPlaced,
    lines: twoLines("6120", "1010", 2_500),
    externalId: "leg-1",
  });
  const halfSettled = "0199a1b2-0000-7000-8000-00000000000b";
  const legs = [
    await hold("hold of a group, dollars", { groupId: halfSettled, lines: twoLines("6120", "1010", 3_500) }),
    await hold("hold of a group, euros", { groupId: halfSettled, currency: "EUR", lines: twoLines("6120", "1010", 3_300) }),
  ];
  await books.post(key, `/holds/${legs[0]?.id}/settle`, {}, { name: "settlement of the first of a group" });
  await until(
    () => books.send<{ readonly status: string }>(key, "GET", `/holds/${expired.id}`),
    ({ status }) => status === "expired",
  );
  await books.post(key, `/holds/${expired.id}/settle`, {}, { name: "refused: a hold that has expired", refusedAs: "HOLD_STATE" });
  await books.post(key, `/holds/${released.id}/settle`, {}, { name: "refused: a hold that is released", refusedAs: "HOLD_STATE" });
  return { open, ending, part, released, expired, half, legs, groups: { halfPlaced, halfSettled } };
}
