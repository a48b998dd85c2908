import type { Query } from "../../src/ledger/rpc.ts";
import type { Rows } from "../bench.ts";
import { commandOf, dayOfYear, entrySource, yearWithIds } from "../bodies.ts";
import { type Figure, figure } from "../figure.ts";
import { drive } from "../load.ts";
import { type Objects, objectsAt } from "../objects.ts";
import { interleave, ratios } from "../rounds.ts";
import { type ListQuery, lists, unpostedLists } from "./lists.ts";

const growthName = "entries/s with 1,000,000 random externalIds against 10,000";
const pastName = "1,000,000 entries, inside: trial balance at a past date";
const knownName = "1,000,000 entries, inside: trial balance known 100,000 entries ago";
const monthsName = "1,000,000 entries, inside: twelve monthly columns";
const pageName = "1,000,000 entries, inside: a page of";
const generalLedgerName = "1,000,000 entries, inside: general ledger of";
const fillName = "1,000,000 entries, inside: writing them, 365 dates with externalId";
const coldName = "1,000,000 entries, cold start: first read";
const coldTailName = "1,000,000 entries, cold start: first read, with a full tail to replay";

const large = "large";
const largeEntries = 1_000_000;
const smallEntries = 10_000;
const accounts = 1_000;
/** Nearly the 20,000 lines that the index may lag behind. */
const tailEntries = 9_900;
/** As many entries as come between two merges of the index, so that a round has its share of that work. */
const batchesPerRound = 120;
const growthRounds = 7;
const coldStarts = 5;
/** A slow query is asked fewer times. Of the many lists each has less time. */
const insideRoundMs = 800;
const listRoundMs = 300;
/** Drafts, entries that wait for approval, and holds that stand beside the entries. */
const unpostedEach = 5_000;

const pageNameOf = (list: string) => `${pageName} ${list}`;

/** Pages of the general ledger: its first, later ones each from another account on, the lines of a day, where many accounts fill a page, and a part of a file. */
const generalLedger: Record<string, (no: number) => Query> = {
  "a year, first page of 50 lines": (no) => ({ ...generalLedgerOf(dayOfYear(0), dayOfYear(364 - no)), limit: 50 }),
  "a year, a page of 50 lines": (no) => ({ ...yearFrom(no), limit: 50 }),
  "a year, a page of 200 lines": (no) => ({ ...yearFrom(no), limit: 200 }),
  "a day, a page of 200 lines": (no) => ({ ...generalLedgerOf(dayOfYear(100 + no), dayOfYear(100 + no)), limit: 200 }),
  "a year, 1,000 lines of a file": (no) => ({ ...yearFrom(no), limit: 1_000 }),
};
const generalLedgerNameOf = (page: string) => `${generalLedgerName} ${page}`;

function generalLedgerOf(startDate: string, endDate: string) {
  return { kind: "general_ledger", startDate, endDate, temporaryFrom: startDate } as const;
}

/** The page after all of an account: accounts are numbered by the sequences of their facts, which follow that of the ledger's. */
function yearFrom(no: number) {
  return { ...generalLedgerOf(dayOfYear(0), dayOfYear(364)), after: String(2 + no * 37) };
}

/** A ledger of a million entries, 1,000 accounts, 365 dates and as many external ids, measured at its object. */
export const millionEntries: Rows = {
  names: [
    growthName,
    fillName,
    pastName,
    knownName,
    monthsName,
    ...Object.keys(generalLedger).map(generalLedgerNameOf),
    ...Object.keys(lists).map(pageNameOf),
    ...Object.keys(unpostedLists).map(pageNameOf),
    coldName,
    coldTailName,
  ],
  async measure(bench) {
    const objects = objectsAt(await bench.objects());
    const accountIds = await objects.open(large, accounts);
    const startedAt = performance.now();
    await fillWith(objects, large, largeEntries, 1);
    await objects.settle(large);
    const filled = figure(fillName, "entries/s", [largeEntries / ((performance.now() - startedAt) / 1_000)], null);
    const figures = [...(await insideReads(objects, accountIds)), ...(await coldStart(objects, accountIds)), await growth(objects)];
    // Last: most ledgers have none, and what was measured so far has not.
    for (const [seed, shape] of [
      [11, "drafts"],
      [12, "pending"],
      [13, "holds"],
    ] as const)
      await objects.fill(large, { shape, entries: unpostedEach, batch: 500, seed });
    return [filled, ...figures, ...(await pagesOf(objects, accountIds, unpostedLists))];
  },
};

/** Two at a time: one is generated while the other is written. */
async function fillWith(objects: Objects, ledger: string, entries: number, seed: number): Promise<void> {
  const parts = 2;
  const part = { shape: "yearWithIds", entries: entries / parts, batch: 1_000 } as const;
  await Promise.all(Array.from({ length: parts }, (_, no) => objects.fill(ledger, { ...part, seed: seed * parts + no })));
}

/** Posting by prebuilt commands, on to the large ledger and on to a fresh one of 10,000 entries. */
async function growth(objects: Objects): Promise<Figure> {
  const contender = (ledgerOf: (round: number | "warm_up") => Promise<string>, seed: number) => async (round: number | "warm_up") => {
    const ledger = await ledgerOf(round);
    const next = entrySource(yearWithIds, seed + (round === "warm_up" ? 99 : round));
    const bodies = Array.from({ length: batchesPerRound }, () =>
      Buffer.from(JSON.stringify(Array.from({ length: 1_000 }, () => commandOf(next())))),
    );
    let sent = 0;
    const done = await drive(objects.target, {
      connections: 3,
      seconds: 30,
      next: () => {
        const body = bodies[sent++];
        return body && { method: "POST", path: `/write?ledger=${ledger}`, headers: {}, body };
      },
    });
    return (done.requests * 1_000) / done.seconds;
  };
  const figures = await interleave(
    {
      small: contender(async (round) => {
        const ledger = `small-${round}`;
        await objects.open(ledger, accounts);
        await objects.fill(ledger, { shape: "yearWithIds", entries: smallEntries, batch: 1_000, seed: 7 });
        return ledger;
      }, 1_000),
      large: contender(async () => large, 2_000),
    },
    growthRounds,
  );
  const beside = { "entries/s at 1,000,000": figures.large, "at 10,000": figures.small };
  return figure(growthName, "ratio", ratios(figures.large, figures.small), { atLeast: 0.9 }, { beside });
}

/** Milliseconds inside the object: a call that asks many times, less a call that asks nothing, over how many. The runtime's clock stands still inside. */
async function insideMs(objects: Objects, queries: readonly Query[], roundMs = insideRoundMs): Promise<number[]> {
  const asked = async (times: number) => 1_000 * (await objects.read(large, queries, times));
  const onceMs = await asked(1);
  const times = Math.max(1, Math.min(queries.length, Math.round(roundMs / onceMs)));
  const figures = await interleave({ nothing: () => asked(0), all: () => asked(times) });
  return figures.all.map((ms, round) => (ms - (figures.nothing[round] ?? 0)) / times);
}

async function insideReads(objects: Objects, accountIds: readonly string[]): Promise<Figure[]> {
  // No two the same, so that caching an answer gains nothing.
  const spread = Array.from({ length: 20 }, (_, no) => no);
  const totals = (no: number) => ({ kind: "totals", before: dayOfYear(0), asOf: dayOfYear(100 + no * 11), includeUnused: false }) as const;
  const past = await insideMs(objects, spread.map(totals));
  const knownAt = largeEntries + accounts + 1 - 100_000;
  const known = await insideMs(
    objects,
    spread.map((no) => ({ ...totals(no), knownAt: knownAt + no * 37 })),
  );
  const months = await insideMs(objects, spread.map(monthlyColumns));
  const pages: Figure[] = [];
  for (const [name, query] of Object.entries(generalLedger))
    pages.push(figure(generalLedgerNameOf(name), "ms", await insideMs(objects, spread.map(query)), { atMost: 50 }));
  pages.push(...(await pagesOf(objects, accountIds, lists)));
  return [
    figure(pastName, "ms", past, { atMost: 40 }),
    figure(knownName, "ms", known, { atMost: 60 }),
    figure(monthsName, "ms", months, { atMost: 100 }),
    ...pages,
  ];
}

async function pagesOf(objects: Objects, accountIds: readonly string[], of: Readonly<Record<string, ListQuery>>): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, query] of Object.entries(of)) {
    const queries = Array.from({ length: 20 }, (_, no) => query(no, accountIds[no * 37] ?? ""));
    figures.push(figure(pageNameOf(name), "ms", await insideMs(objects, queries, listRoundMs), { atMost: 10 }));
  }
  return figures;
}

/** What a profit and loss of a year in months asks; its last month is cut, each time to another day. */
function monthlyColumns(no: number): Query {
  const starts = Array.from({ length: 12 }, (_, month) => `2026-${String(month + 1).padStart(2, "0")}-01`);
  const dayBefore = (date: string) => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
  const periods = starts.map((startDate, month) => ({ startDate, endDate: dayBefore(starts[month + 1] ?? `2026-12-${31 - no}`) }));
  return { kind: "turnovers", periods, types: ["bank"] };
}

/** Milliseconds from asking an object that is not in memory for a balance to its answer, seen from outside and nothing subtracted. */
async function coldStart(objects: Objects, accountIds: readonly string[]): Promise<Figure[]> {
  const empty = "empty";
  const [emptyAccount = ""] = await objects.open(empty, 1);
  const firstRead = async (ledger: string, accountId: string) => {
    await objects.evict(ledger);
    return 1_000 * (await objects.read(ledger, [{ kind: "balance", accountId }], 1));
  };
  const account = (round: number | "warm_up") => accountIds[round === "warm_up" ? 0 : 1 + round * 7] ?? "";
  const settled = await interleave(
    { large: (round) => firstRead(large, account(round)), empty: () => firstRead(empty, emptyAccount) },
    coldStarts,
  );
  let seed = 5_000;
  const withTail = await interleave(
    {
      large: async (round) => {
        await objects.settle(large);
        await objects.fill(large, { shape: "yearWithIds", entries: tailEntries, batch: 900, seed: ++seed });
        return firstRead(large, account(round));
      },
    },
    coldStarts,
  );
  return [
    figure(coldName, "ms", settled.large, { atMost: 100 }, { beside: { "an empty ledger": settled.empty }, note: "nothing subtracted" }),
    figure(coldTailName, "ms", withTail.large, { atMost: 100 }, { note: `killed before ${tailEntries} entries reached the index` }),
  ];
}
