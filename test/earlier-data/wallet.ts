import { type Books, composed, decomposed, type EntryAnswer, type Firm, farAway, finishedJob, twoLines, type WithId } from "./books.ts";

/** A wallet's ledger of three generations, with what is carried from one to the next and what goes back to an earlier one. */
export async function makeWallet(books: Books, { live: { key } }: Firm) {
  const wish = { name: "Quill Wallet", functionalCurrency: "USD", chart: "wallet-platform", externalId: "quill" };
  const company = await books.post<WithId & { readonly functionalLedgerId: string }>(key, "/entities", wish, { name: "entity of wallets" });
  const [entityId, ledgerId] = [company.id, company.functionalLedgerId];
  const customers = ["ada", "ben", "cy"].map((name) => ({
    code: `2100-${name}`,
    name: `Wallet of ${name}`,
    type: "other_current_liability",
    parentCode: "2100",
    externalId: `customer-${name}`,
  }));
  await books.post(key, "/accounts/import", { ledgerId, accounts: customers }, { name: "accounts of customers" });
  const to = `/companies/${entityId}/journal-entries`;
  const topUps = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      date: `2026-0${1 + ((from + at) % 6)}-${String(1 + ((from + at) % 28)).padStart(2, "0")}`,
      description: `Top-up ${from + at}`,
      externalId: `topup-${from + at}`,
      reference: `batch-${(from + at) % 7}`,
      lines: [
        { accountCode: "1201", side: "debit", amount: 1_000 + from + at },
        { accountExternalId: `customer-${["ada", "ben", "cy"][(from + at) % 3]}`, side: "credit", amount: 1_000 + from + at },
      ],
    }));
  const batch = (name: string, from: number, count: number) =>
    books.post(key, `${to}/batch`, { mode: "atomic", entries: topUps(from, count) }, { name, headers: { Prefer: "return=minimal" } });
  const entry = (name: string, amount: number, more: Readonly<Record<string, unknown>> = {}) =>
    books.post<EntryAnswer>(key, to, { date: "2026-06-10", lines: twoLines("1000", "1201", amount), ...more }, { name });
  const hold = (name: string, amount: number) =>
    books.post(
      key,
      "/holds",
      { entityId, date: "2026-06-11", lines: twoLines("2100-ada", "2120", amount), externalId: name, expiresAt: farAway },
      { name },
    );
  const closeOut = async (name: string) => {
    const job = await books.post(
      key,
      `/ledgers/${ledgerId}/close-out`,
      { force: true, reason: `Before the audit ${decomposed}` },
      { name },
    );
    await finishedJob(books, key, job.id);
    return job;
  };
  await batch("batch before the close-out", 0, 120);
  const first = await entry("entry before the close-out", 5_000, { externalId: "payout-1", metadata: { processor: composed } });
  const toReverse = await entry("entry before the close-out, to be reversed after it", 6_000);
  const settled = await hold("hold settled before the close-out", 100);
  await books.post(key, `/holds/${settled.id}/settle`, {}, { name: "settlement before the close-out" });
  const carried = await hold("hold carried over the close-out", 200);
  const toSettle = await hold("hold to be settled after the close-out", 300);
  const draft = await books.post<EntryAnswer>(
    key,
    `/companies/${entityId}/entries`,
    { date: "2026-06-12", description: "A draft that is carried over", lines: twoLines("5000", "1000", 1_450) },
    { name: "draft before the close-out" },
  );
  await books.send(key, "PUT", `/companies/${entityId}/period-locks`, { startDate: "2025-01-01", endDate: "2025-12-31", level: "hard" });
  const jobs = [await closeOut("close-out")];
  await books.post(
    key,
    `${to}/${toReverse.id}/reverse`,
    { date: "2026-06-13", reason: "Paid twice" },
    { name: "reversal of an entry of before the close-out" },
  );
  await books.post(key, `/holds/${toSettle.id}/settle`, {}, { name: "settlement of a hold of before the close-out" });
  await books.post(
    key,
    to,
    { date: "2026-06-10", lines: twoLines("1000", "1201", 1), externalId: "payout-1" },
    {
      name: "refused: a name of before the close-out",
      refusedAs: "EXTERNAL_ID_TAKEN",
    },
  );
  await batch("batch after the close-out", 120, 80);
  const second = await entry("entry after the close-out", 7_000, { replaces: first.id });
  jobs.push(await closeOut("second close-out"));
  await batch("batch after the second close-out", 200, 40);
  const last = await entry("entry after the second close-out", 8_000);
  const job = await books.post(key, `/ledgers/${ledgerId}/verify`, {}, { name: "verification of three generations" });
  await finishedJob(books, key, job.id);
  return {
    entityId,
    ledgerId,
    entries: { first, toReverse, draft, second, last },
    holds: { settled, carried, toSettle },
    jobs: [...jobs, job],
  };
}
