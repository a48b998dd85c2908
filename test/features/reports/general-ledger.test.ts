import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Books, booksOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { booksOracle } from "../../support/books-oracle.ts";
import { holdClock, setClock } from "../../support/ledger-under-test.ts";
import { seeded } from "../../support/seed.ts";
import { newSite } from "../../support/site.ts";

type Name = keyof typeof codes;
const names = Object.keys(codes) as Name[];
const types = { cash: "bank", receivable: "accounts_receivable", equity: "equity", sales: "income", rent: "expense" } as const;

interface Line {
  readonly journalEntryId: string;
  readonly lineNo: number;
  readonly date: string;
  readonly sequence: number;
  readonly debitCents: number;
  readonly creditCents: number;
  readonly balanceCents: number;
  readonly voided: boolean;
}
interface Account {
  readonly accountId: string | null;
  readonly code: string | null;
  readonly key?: string;
  readonly continued: boolean;
  readonly continues: boolean;
  readonly openingBalanceCents: number;
  readonly lines: readonly Line[];
  readonly totalDebitCents: number;
  readonly totalCreditCents: number;
  readonly closingBalanceCents: number;
}

async function ledgerPage(books: Books, query = "") {
  const answer = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?${query}`);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body.checks).toEqual([
    { name: "running_balances_reach_closing", ok: true },
    { name: "lines_sum_to_totals", ok: true },
  ]);
  return answer.body;
}

/** Every page from one cursor to the next, joined as a reader joins them; `between` runs after each. */
async function wholeLedger(books: Books, query: string, between: (page: number) => Promise<void> = async () => {}) {
  const accounts: Account[] = [];
  const sequences = new Set<number>();
  let pages = 0;
  for (let cursor: string | null = ""; cursor !== null; pages++) {
    const page = await ledgerPage(books, cursor === "" ? query : `${query}&cursor=${encodeURIComponent(cursor)}`);
    sequences.add(page.ledgerSequence);
    for (const account of page.accounts as Account[]) {
      const last = accounts.at(-1);
      expect(account.continued, account.code ?? "").toBe(last?.continues ?? false);
      if (!account.continued) accounts.push(account);
      else {
        const { lines, continued, continues, ...same } = account;
        expect(last).toMatchObject(same);
        accounts.splice(-1, 1, { ...account, continued: false, lines: [...(last?.lines ?? []), ...lines] });
      }
    }
    cursor = page.nextCursor;
    expect(page.hasMore).toBe(cursor !== null);
    if (cursor !== null) await between(pages);
  }
  expect(sequences.size).toBe(1);
  return { accounts, pages };
}

function inShort({ code, key, openingBalanceCents, lines, totalDebitCents, totalCreditCents, closingBalanceCents }: Account): string {
  const told = lines.map(
    (line) => `${line.date} ${line.debitCents}-${line.creditCents}=${line.balanceCents}${line.voided ? " voided" : ""}`,
  );
  return [`${code ?? key} ${openingBalanceCents}`, ...told, `+${totalDebitCents} -${totalCreditCents} = ${closingBalanceCents}`].join(
    " | ",
  );
}

afterEach(() => {
  vi.useRealTimers();
});

describe("the general ledger", () => {
  test("tells each account's opening balance, lines with running balance and closing balance, by the entity's own fiscal year", async () => {
    const books = await newBooks({ fiscalYearStart: "04-01" });
    await post(books, entryOf("cash", "equity", 10_000, { date: "2024-04-01" }));
    await post(books, entryOf("cash", "sales", 500, { date: "2025-03-31" }));
    await post(books, entryOf("cash", "sales", 20, { date: "2025-04-10" }));
    const later = await post(books, {
      ...entryOf("rent", "cash", 200, { date: "2025-05-02" }),
      description: "May",
      reference: "inv-7",
      lines: [
        { accountCode: codes.rent, side: "debit", amount: 200, memo: "the yard" },
        { accountCode: codes.cash, side: "credit", amount: 150 },
        { accountCode: codes.receivable, side: "credit", amount: 50 },
      ],
    });
    const mark = await post(books, entryOf("cash", "sales", 7, { date: "2025-05-01" }));
    const may = await ledgerPage(books, "startDate=2025-05-01&endDate=2025-05-31");
    expect(may.accounts.map(inShort)).toEqual([
      "1000 10520 | 2025-05-01 7-0=10527 | 2025-05-02 0-150=10377 | +7 -150 = 10377",
      "1100 0 | 2025-05-02 0-50=-50 | +0 -50 = -50",
      "3000 10000 | +0 -0 = 10000",
      "4000 20 | 2025-05-01 0-7=27 | +0 -7 = 27",
      "6000 0 | 2025-05-02 200-0=200 | +200 -0 = 200",
      "priorYearsEarnings 500 | +0 -0 = 500",
    ]);
    expect(may).toMatchObject({
      report: "general-ledger",
      companyId: books.entityId,
      ledgerId: books.ledgerId,
      currency: "USD",
      period: { startDate: "2025-05-01", endDate: "2025-05-31" },
      fiscalYearStart: "2025-04-01",
      ledgerSequence: mark.sequence,
      filters: { accountId: null, pnl: "fiscalYear", includeZero: false, knownAt: null },
      truncated: false,
      totalCount: 5,
      hasMore: false,
      nextCursor: null,
    });
    expect(may.accounts[4].lines).toEqual([
      {
        journalEntryId: later.id,
        lineNo: 1,
        date: "2025-05-02",
        sequence: later.sequence,
        description: "May",
        reference: "inv-7",
        memo: "the yard",
        contactId: null,
        counterAccountIds: [books.accounts.cash, books.accounts.receivable],
        debitCents: 200,
        creditCents: 0,
        balanceCents: 200,
        voided: false,
        source: { type: "api", id: null },
      },
    ]);
    expect(may.accounts[1].lines[0].counterAccountIds).toEqual([books.accounts.rent]);

    const whole = await ledgerPage(books, "startDate=2025-05-01&endDate=2025-05-31&pnl=inception");
    expect(whole.accounts.slice(3).map(inShort)).toEqual([
      "4000 520 | 2025-05-01 0-7=527 | +0 -7 = 527",
      "6000 0 | 2025-05-02 200-0=200 | +200 -0 = 200",
    ]);
    const overTheYearsEnd = await ledgerPage(books, "startDate=2025-03-31&endDate=2025-05-31");
    expect(overTheYearsEnd.fiscalYearStart).toBe("2024-04-01");
    expect(overTheYearsEnd.accounts.map(inShort)[3]).toBe(
      "4000 0 | 2025-03-31 0-500=500 | 2025-04-10 0-20=520 | 2025-05-01 0-7=527 | +0 -527 = 527",
    );
    const one = await ledgerPage(books, `accountId=${books.accounts.receivable}&startDate=2025-06-01&endDate=2025-06-30`);
    expect(one.accounts.map(inShort)).toEqual(["1100 -50 | +0 -0 = -50"]);
  });

  test("lists accounts that only have an opening balance, and with includeZero those that have nothing", async () => {
    const books = await newBooks();
    await post(books, entryOf("cash", "equity", 5, { date: "2026-01-01" }));
    const empty = await ledgerPage(books, "startDate=2026-02-01&endDate=2026-02-28");
    expect(empty.accounts.map(inShort)).toEqual(["1000 5 | +0 -0 = 5", "3000 5 | +0 -0 = 5"]);
    const gone = await books.api.post("/accounts", { entityId: books.entityId, code: "2000", name: "Gone", type: "accounts_payable" });
    expect((await books.api.delete(`/accounts/${gone.body.id}`)).status).toBe(204);
    const open = async (page: number) => {
      const opened = await books.api.post("/accounts", { entityId: books.entityId, code: `500${page}`, name: "New", type: "expense" });
      expect(opened.status).toBe(201);
    };
    const { accounts, pages } = await wholeLedger(books, "startDate=2026-02-01&endDate=2026-02-28&includeZero=true&limit=2", open);
    expect(accounts.map(({ code, key }) => code ?? key)).toEqual([...Object.values(codes), "priorYearsEarnings"]);
    // Each account counts as one.
    expect(pages).toBe(3);
  });

  test("names an entry that was a draft by the id it always had, and shows neither drafts nor holds", async () => {
    const books = await newBooks();
    const { entityId } = books;
    const drafted = await books.api.post("/entries", { entityId, ...entryOf("cash", "sales", 40, { date: "2026-03-01" }) });
    const held = await books.api.post("/holds", { entityId, ...entryOf("rent", "cash", 7, { date: "2026-03-01" }) }, freshKey());
    expect([drafted.status, held.status]).toEqual([201, 201]);
    const query = "startDate=2026-01-01&endDate=2026-12-31";
    expect((await ledgerPage(books, query)).accounts).toEqual([]);
    const posted = await books.api.send("POST", `/journal-entries/${drafted.body.id}/post`);
    expect(posted).toMatchObject({ status: 200, body: { status: "posted" } });
    const settled = await books.api.post(`/holds/${held.body.id}/settle`, {}, freshKey());
    expect(settled.status).toBe(201);
    const { accounts } = await ledgerPage(books, query);
    expect(accounts[0].lines.map(({ journalEntryId, balanceCents }: Line) => [journalEntryId, balanceCents])).toEqual([
      [drafted.body.id, 40],
      [settled.body.id, 33],
    ]);
  });

  test("flags both sides of a voided pair, and only once the void is known; a reversal is no void", async () => {
    const books = await newBooks();
    const wrong = await post(books, entryOf("rent", "cash", 30, { date: "2026-03-01" }));
    const turned = await post(books, entryOf("rent", "cash", 4, { date: "2026-03-02" }));
    await books.api.post(`/journal-entries/${wrong.id}/void`, { reason: "typed twice" }, freshKey());
    const reversed = await books.api.post(`/journal-entries/${turned.id}/reverse`, { date: "2026-03-03", reason: "a mistake" }, freshKey());
    expect(reversed.status).toBe(201);
    const query = "startDate=2026-01-01&endDate=2026-12-31";
    expect((await ledgerPage(books, query)).accounts.map(inShort)).toEqual([
      "1000 0 | 2026-03-01 0-30=-30 voided | 2026-03-01 30-0=0 voided | 2026-03-02 0-4=-4 | 2026-03-03 4-0=0 | +34 -34 = 0",
      "6000 0 | 2026-03-01 30-0=30 voided | 2026-03-01 0-30=0 voided | 2026-03-02 4-0=4 | 2026-03-03 0-4=0 | +34 -34 = 0",
    ]);
    const before = await ledgerPage(books, `${query}&knownAt=${turned.sequence}`);
    expect(before.accounts.map(inShort)[0]).toBe("1000 0 | 2026-03-01 0-30=-30 | 2026-03-02 0-4=-34 | +0 -34 = -34");
  });

  test("comes in pages of which each goes on where the last ended, all as the first knew the books, whatever is posted and renamed meanwhile", {
    timeout: 60_000,
  }, async () => {
    const { api } = await newSite();
    const dates = ["2025-12-31", "2026-01-01", "2026-01-15", "2026-01-15", "2026-06-30", "2026-12-31", "2027-01-01"];
    const name = fc.constantFrom(...names);
    const entry = fc
      .tuple(name, name, fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(...dates))
      .filter(([debit, credit]) => debit !== credit);
    const postAll = async (books: Books, drawn: readonly (readonly [Name, Name, number, string])[]) => {
      const entries = drawn.map(([debit, credit, amount, date]) => ({
        date,
        lines: [
          { accountId: books.accounts[debit], side: "debit", amount },
          { accountId: books.accounts[credit], side: "credit", amount },
        ],
      }));
      const posted = await api.post("/journal-entries/batch", { entityId: books.entityId, mode: "atomic", entries }, freshKey());
      expect(posted.status).toBe(201);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { minLength: 1, maxLength: 60 }),
        fc.array(entry, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        async (drawn, meanwhile, limit) => {
          const books = await booksOf(api, {});
          await postAll(books, drawn);
          const query = "startDate=2026-01-01&endDate=2026-12-31";
          const atOnce = await ledgerPage(books, `${query}&limit=200`);
          expect(atOnce.hasMore).toBe(false);
          const { accounts } = await wholeLedger(books, `${query}&limit=${limit}`, async (page) => {
            await postAll(books, meanwhile);
            // Codes change places: the account that was first comes last, and the last first.
            const [from, to] = page % 2 === 0 ? [books.accounts.cash, "9000"] : [books.accounts.rent, "0500"];
            if (page < 2) expect((await api.patch(`/accounts/${from}`, { code: to })).status).toBe(200);
          });
          expect(accounts).toEqual(atOnce.accounts);
          const known = await ledgerPage(books, `${query}&limit=200&knownAt=${atOnce.ledgerSequence}`);
          expect(known.accounts).toEqual(atOnce.accounts);
          expect(known.totalCount).toBe(atOnce.totalCount);
        },
      ),
      seeded(12),
    );
  });

  test("closes each account as the trial balance does, and the statements tie to both, on random books with voids, closing entries and back-dated entries at the fiscal year's edges", {
    timeout: 60_000,
  }, async () => {
    const { api } = await newSite();
    const fiscalYears = ["07-01", "04-06", "01-31", "01-01"] as const;
    const edgesOf = (start: string) =>
      [2024, 2025, 2026].flatMap((year) => {
        const first = Date.parse(`${year}-${start}`);
        return [-1, 0, 1, 180].map((days) => new Date(first + days * 86_400_000).toISOString().slice(0, 10));
      });
    const name = fc.constantFrom(...names);
    const step = fc.record({
      debit: name,
      credit: name,
      amount: fc.oneof(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 2 ** 32, max: 2 ** 40 })),
      on: fc.nat(11),
      voided: fc.nat(5).map((n) => n === 0),
    });
    const drawnSteps = fc.array(
      step.filter(({ debit, credit }) => debit !== credit),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(drawnSteps, drawnSteps, fc.constantFrom(...fiscalYears), fc.nat(11), async (before, after, start, at) => {
        const books = await booksOf(api, { fiscalYearStart: start });
        // Years are closed into it.
        const retained = await api.patch(`/accounts/${books.accounts.equity}`, { role: "retained_earnings" });
        expect(retained.status).toBe(200);
        const oracle = booksOracle();
        const edges = edgesOf(start);
        const dateOf = (on: number) => edges[on % edges.length] ?? "";
        const keep = (entry: {
          sequence: number;
          date: string;
          lines: { no: number; accountId: string; side: string; amount: number }[];
        }) => {
          for (const { no, accountId, side, amount } of entry.lines)
            oracle.add({ sequence: entry.sequence, no, date: entry.date, accountId, amount: side === "debit" ? amount : -amount });
        };
        const carryOut = async (steps: typeof before) => {
          const entries = steps.map(({ debit, credit, amount, on }) => entryOf(debit, credit, amount, { date: dateOf(on) }));
          const batch = { entityId: books.entityId, mode: "atomic", entries };
          const posted = await api.post("/journal-entries/batch", batch, freshKey());
          expect(posted.status).toBe(201);
          posted.body.data.forEach(keep);
          for (const [i, { voided }] of steps.entries()) {
            if (!voided) continue;
            const gone = await api.post(`/journal-entries/${posted.body.data[i].id}/void`, { reason: "a mistake" }, freshKey());
            expect(gone.status).toBe(201);
            keep(gone.body);
          }
        };
        const closeYear = async (lastDay: string) => {
          const held = (account: Name) => oracle.turnover(books.accounts[account], { asOf: lastDay });
          for (const account of ["sales", "rent"] as const) {
            const { debits, credits } = held(account);
            const amount = Number(credits - debits);
            if (amount === 0) continue;
            const [debit, credit] = amount > 0 ? ([account, "equity"] as const) : (["equity", account] as const);
            keep(await post(books, entryOf(debit, credit, Math.abs(amount), { date: lastDay })));
          }
        };
        const asOf = dateOf(at);
        const reports = async (knownAt: number) => {
          const ledger = await wholeLedger(books, `endDate=${asOf}&limit=7&knownAt=${knownAt}`);
          const statement = async (report: string, query: string) => {
            const answer = await api.get(`/companies/${books.entityId}/reports/${report}?${query}&knownAt=${knownAt}`);
            expect(answer.status).toBe(200);
            expect(answer.body.checks.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
            return { ...answer.body, generatedAt: "" };
          };
          return {
            ledger: ledger.accounts,
            trial: await statement("trial-balance", `asOf=${asOf}`),
            sheet: await statement("balance-sheet", `asOf=${asOf}`),
            earned: await statement("profit-and-loss", `endDate=${asOf}&columns=month`),
          };
        };
        const tie = async (knownAt: number) => {
          const told = await reports(knownAt);
          const { ledger, trial, sheet, earned } = told;
          const rows = trial.sections.flatMap(({ rows }: { rows: object[] }) => rows) as {
            code: string | null;
            key?: string;
            openingCents: number;
            debitCents: number;
            creditCents: number;
            closingDebitCents: number;
            closingCreditCents: number;
          }[];
          const debitNormal = (code: string | null) => code === codes.cash || code === codes.receivable || code === codes.rent;
          const sorted = <T extends { code: string | null }>(list: readonly T[]) =>
            [...list].sort((a, b) => ((a.code ?? "~") < (b.code ?? "~") ? -1 : 1));
          expect(sorted(ledger).map((account) => inShort({ ...account, lines: [] }))).toEqual(
            sorted(rows).map(({ code, key, ...row }) => {
              const closing = (row.closingDebitCents - row.closingCreditCents) * (debitNormal(code) ? 1 : -1);
              return `${code ?? key} ${row.openingCents} | +${row.debitCents} -${row.creditCents} = ${closing === 0 ? 0 : closing}`;
            }),
          );
          // The oracle has no fiscal year: what it says of a day holds for the accounts that none resets.
          for (const account of ["cash", "receivable", "equity"] as const) {
            const closing = ledger.find(({ code }) => code === codes[account])?.closingBalanceCents ?? 0;
            expect(BigInt(closing)).toBe(oracle.balance(books.accounts[account], types[account], { asOf, knownAt }));
          }
          for (const { openingBalanceCents, lines, closingBalanceCents, code } of ledger) {
            let balance = openingBalanceCents;
            for (const { debitCents, creditCents, balanceCents } of lines) {
              balance += (debitCents - creditCents) * (debitNormal(code) ? 1 : -1);
              expect(balanceCents).toBe(balance);
            }
            expect(balance).toBe(closingBalanceCents);
          }
          const closingOf = (...of: readonly (string | undefined)[]) =>
            ledger
              .filter(({ code, key }) => of.includes(code ?? key))
              .reduce((sum, { closingBalanceCents }) => sum + closingBalanceCents, 0);
          const netIncome = closingOf(codes.sales) - closingOf(codes.rent);
          expect(earned.totals.netIncome.at(-1)).toBe(netIncome);
          expect(earned.totals.netIncome.slice(0, -1).reduce((sum: number, month: number) => sum + month, 0)).toBe(netIncome);
          expect(sheet.totals).toMatchObject({
            totalAssets: [closingOf(codes.cash, codes.receivable)],
            totalEquity: [closingOf(codes.equity, "priorYearsEarnings") + netIncome],
            retainedEarningsTotal: [closingOf(codes.equity, "priorYearsEarnings")],
            difference: [0],
          });
          return told;
        };
        await carryOut(before);
        await closeYear(edges[4] ?? "");
        const knownAt = (await ledgerPage(books)).ledgerSequence;
        const then = await tie(knownAt);
        await carryOut(after);
        await tie((await ledgerPage(books)).ledgerSequence);
        // A void that came later is not known then either.
        expect(await reports(knownAt)).toEqual(then);
      }),
      seeded(12),
    );
  });

  test("tells figures beyond 2^53 exactly, on a page and on those after it", async () => {
    const books = await newBooks();
    const most = 9_007_199_254_740_991;
    await post(books, entryOf("cash", "equity", most, { date: "2026-01-01" }));
    await post(books, entryOf("equity", "cash", most, { date: "2026-03-01" }));
    // Sums that no double holds.
    await post(books, entryOf("equity", "cash", 2, { date: "2026-03-01" }));
    await post(books, entryOf("cash", "equity", 1, { date: "2026-02-01" }));
    await post(books, entryOf("cash", "equity", most, { date: "2026-02-01" }));
    const path = `/companies/${books.entityId}/reports/general-ledger?startDate=2026-01-01&endDate=2026-12-31&limit=3`;
    const first = await books.api.get(path);
    expect(first.text).toContain('"balanceCents":18014398509481983');
    expect(first.text).toContain('"totalDebitCents":18014398509481983,"totalCreditCents":9007199254740993');
    const second = await books.api.get(`${path}&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect(second.text).toContain('"debitCents":0,"creditCents":9007199254740991,"balanceCents":9007199254740992');
    expect(second.text).toContain('"totalDebitCents":18014398509481983,"totalCreditCents":9007199254740993');
  });

  test("answers a cursor with the days of its first page, though it is tomorrow, and refuses one of other days", async () => {
    const books = await newBooks();
    for (const date of ["2026-01-01", "2039-12-31", "2040-01-01"]) await post(books, entryOf("cash", "sales", 5, { date }));
    holdClock(Date.parse("2039-12-31T23:59:59Z"));
    const first = await ledgerPage(books, "startDate=2026-01-01&limit=1");
    expect(first.period).toEqual({ startDate: "2026-01-01", endDate: "2039-12-31" });
    setClock(Date.parse("2040-01-01T00:00:00Z"));
    const cursor = encodeURIComponent(first.nextCursor);
    const second = await ledgerPage(books, `startDate=2026-01-01&limit=9&cursor=${cursor}`);
    expect(second.period).toEqual(first.period);
    expect(second.accounts.map(inShort)[0]).toBe("1000 0 | 2039-12-31 5-0=10 | +10 -0 = 10");
    const other = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?startDate=2026-01-02&cursor=${cursor}`);
    expect(other).toMatchObject({ status: 400, body: { error: { code: "INVALID_CURSOR" } } });
  });

  test.each([
    ["startDate=2026-02-01&endDate=2026-01-01", 400, "startDate"],
    ["limit=201", 400, "limit"],
    ["offset=1", 400, "offset"],
    ["columns=month", 400, "columns"],
    ["format=csv&limit=5", 400, "limit"],
    ["format=pdf", 400, "format"],
    ["accountId=01980c1e-7e0c-7abc-9def-0123456789ab", 422, "accountId"],
  ])("that cannot be (%s) is refused by name", async (query, status, pointer) => {
    const books = await newBooks();
    const answer = await books.api.get(`/companies/${books.entityId}/reports/general-ledger?${query}`);
    expect(answer).toMatchObject({ status, body: { error: { details: [{ pointer }] } } });
  });
});
