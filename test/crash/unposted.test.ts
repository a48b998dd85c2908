import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { call, isNoOutcome, type Posting, post, randomFrom, readAll, verify } from "./http-client.ts";
import { freshDataFolder, killProcess, type ServerProcess, startProcess } from "./server-process.ts";

const seed = 20_261_126;
const kills = 6;
const connections = 10;
const accountCount = 8;
/** Never below nothing, holds counted: what the load takes from it is refused in part. */
const limitedCode = "2000";
/** Outcomes between one kill and the next. */
const outcomesBeforeKill = { from: 200, to: 900 };
const requestGivesUpAfterMs = 60_000;

type Currency = "USD" | "EUR";
interface Line {
  readonly accountCode: string;
  readonly side: "debit" | "credit";
  readonly amount: number;
}
interface Content {
  readonly date: string;
  readonly reference: string;
  readonly externalId?: string;
  readonly currency: Currency;
  readonly lines: readonly Line[];
}

/** What an answer said of an entry: it has to be there, once, and nothing else has. */
interface ExpectedEntry {
  readonly currency: Currency;
  readonly reference: string;
  readonly lines: readonly Line[];
  readonly holdId: string | null;
}
interface ExpectedHold {
  readonly id: string;
  readonly content: Content;
  readonly endsAtMs: number;
  readonly groupId: string | undefined;
  outcome: "open" | "settled" | "released" | "expired";
}

interface EntryOnPage {
  readonly id: string;
  readonly status: string;
  readonly reference: string;
  readonly holdId: string | null;
  readonly lines: readonly Line[];
}
interface HoldOnPage {
  readonly id: string;
  readonly status: string;
  readonly reference: string;
  readonly groupId: string | null;
  readonly entryId: string | null;
  readonly expiresAt: string | null;
  readonly resolvedAt: string | null;
  readonly lines: readonly Line[];
}
interface BalanceOnPage {
  readonly code: string;
  readonly balance: number;
  readonly available: number;
  readonly pending: { readonly debits: number; readonly credits: number };
}

const folder = await freshDataFolder();
let server: ServerProcess | undefined;
after(async () => {
  if (server) await killProcess(server, true);
  await folder.remove();
});

test("killed again and again, the server keeps every draft, hold and group of holds as it was answered, each with one outcome", {
  timeout: 300_000,
}, async () => {
  const random = randomFrom(seed);
  server = await startProcess(folder.dataDir, ["--empty"]);
  const books = await openBooks(server);
  const entries: ExpectedEntry[] = [];
  const holds: ExpectedHold[] = [];
  /** Holds that nobody asks for but the one who watches them end. */
  const leftToEnd: ExpectedHold[] = [];
  const drafts = new Map<string, "draft" | "pending_approval" | "posted">();
  /** The latest answers of a round, to be asked for once more after the kill. */
  const answered: { readonly posting: Posting; readonly text: string }[] = [];
  const counts = { requests: 0, outcomes: 0, cut: 0, refused: 0 };
  let next = 0;

  // Whoever is cut off waits here for the server that comes after.
  let present = Promise.resolve(server);
  let onOutcome = () => {};

  /** Sends a request until it has an outcome, under one key, to whichever server is there. */
  const send = async (path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Answer }> => {
    const posting: Posting = { path, key: `unposted-${next++}`, ...(body !== undefined && { body }) };
    const giveUpAt = Date.now() + requestGivesUpAfterMs;
    for (;;) {
      const target = await present;
      counts.requests += 1;
      const answer = await post(target, posting).catch(() => undefined);
      if (answer !== undefined && !isNoOutcome(answer)) {
        counts.outcomes += 1;
        if (answer.status >= 400) counts.refused += 1;
        else answered.push({ posting, text: answer.text });
        onOutcome();
        return { status: answer.status, body: JSON.parse(answer.text) };
      }
      counts.cut += 1;
      assert.ok(Date.now() < giveUpAt, `${path} is not answered: ${answer?.status} ${answer?.text}`);
      await wait(10);
    }
  };
  const done = ({ status, body }: Awaited<ReturnType<typeof send>>): Answer => {
    assert.ok(status < 300, `${status} ${JSON.stringify(body)}`);
    return body;
  };

  const plan = (currency: Currency): Content => {
    const first = random(accountCount);
    const second = (first + 1 + random(accountCount - 1)) % accountCount;
    const amount = 2 + random(100_000);
    const reference = `unposted-${next++}`;
    return {
      date: new Date(Date.UTC(2025, 0, 1 + random(400))).toISOString().slice(0, 10),
      reference,
      // Without one, only the idempotency key stands between a repeated request and a second hold.
      ...(random(2) === 0 && { externalId: reference }),
      currency,
      lines: [
        { accountCode: codeOf(first), side: "debit", amount },
        { accountCode: codeOf(second), side: "credit", amount },
      ],
    };
  };
  const below = `/companies/${books.entityId}`;

  const flows = {
    async entry() {
      const content = plan(random(3) === 0 ? "EUR" : "USD");
      done(await send(`${below}/journal-entries`, content));
      entries.push({ ...content, holdId: null });
    },

    /** A draft that gets as far as the plan says. */
    async draft() {
      const content = plan("USD");
      const goal = random(8);
      const kept = done(await send(`${below}/entries`, goal === 1 ? { ...content, lines: content.lines.slice(0, 1) } : content));
      drafts.set(kept.id, "draft");
      if (goal < 2) return;
      const { approval } = done(await send(`/journal-entries/${kept.id}/submit`));
      drafts.set(kept.id, "pending_approval");
      if (goal === 2) return;
      if (goal === 3) {
        done(await send(`/journal-entries/${kept.id}/reject`, { reason: "Another look" }));
        drafts.set(kept.id, "draft");
        return;
      }
      const version = approval?.version;
      const approved =
        goal === 4
          ? done(await send("/journal-entries/batch-approve", { entries: [{ id: kept.id, version }] })).data?.[0]
          : done(await send(`/journal-entries/${kept.id}/approve`, { version }));
      assert.deepEqual([approved?.id, approved?.status], [kept.id, "posted"]);
      drafts.set(kept.id, "posted");
      entries.push({ ...content, holdId: null });
    },

    /** A hold that is settled, released, left to its end or left open. Its end may come before any of that. */
    async hold() {
      const content = plan("USD");
      const takesFromLimited = random(4) === 0;
      const lines = takesFromLimited
        ? content.lines.map((line) => (line.side === "credit" ? { ...line, accountCode: limitedCode } : line))
        : content.lines;
      const hasEnd = random(4) > 0;
      const endsAtMs = hasEnd ? Date.now() + 100 + random(2_500) : Number.POSITIVE_INFINITY;
      const placed = await place({ ...content, lines }, { ...(hasEnd && { expiresAt: new Date(endsAtMs).toISOString() }) }, endsAtMs);
      if (placed === undefined) return;
      const goal = random(6);
      if (goal < 3) await settle(placed, goal === 0);
      else if (goal === 3) await release(placed);
      else if (hasEnd) leftToEnd.push(placed);
    },

    /** Two holds in two ledgers, settled or released leg by leg: nothing refuses the second, whatever has happened to the server between. */
    async group() {
      const goal = random(3);
      for (const leg of await placeGroup()) {
        if (goal === 0) await release(leg);
        else await settle(leg, goal === 1);
        assert.notEqual(leg.outcome, "expired");
      }
    },
  };

  async function placeGroup(): Promise<readonly [ExpectedHold, ExpectedHold]> {
    const groupId = randomUUID();
    const dollars = await place(plan("USD"), { groupId }, Number.POSITIVE_INFINITY);
    const euros = await place(plan("EUR"), { groupId }, Number.POSITIVE_INFINITY);
    assert.ok(dollars && euros, "a leg of a group is refused");
    return [dollars, euros];
  }

  /** Leaves one of each in the middle of its way, and gives the rest of the way, to be gone after the kill. */
  async function halfway(): Promise<() => Promise<void>> {
    const [first, second] = await placeGroup();
    await settle(first, false);
    const content = plan("USD");
    const draft = done(await send(`${below}/entries`, content));
    const { approval } = done(await send(`/journal-entries/${draft.id}/submit`));
    const kept = await place(plan("USD"), {}, Number.POSITIVE_INFINITY);
    const endsAtMs = Date.now() + 400;
    const ending = await place(plan("USD"), { expiresAt: new Date(endsAtMs).toISOString() }, endsAtMs);
    return async () => {
      await settle(second, false);
      done(await send(`/journal-entries/${draft.id}/approve`, { version: approval?.version }));
      entries.push({ ...content, holdId: null });
      if (kept) await settle(kept, true);
      if (ending) await expire(ending);
    };
  }

  async function place(content: Content, terms: object, endsAtMs: number): Promise<ExpectedHold | undefined> {
    const { status, body } = await send(`${below}/holds`, { ...content, ...terms });
    if (status < 300) {
      const hold: ExpectedHold = { id: body.id, content, endsAtMs, groupId: body.groupId ?? undefined, outcome: "open" };
      holds.push(hold);
      return hold;
    }
    // The limit of an account; or the hold's end, where the request came to nobody before it.
    const isTooLate = body.error?.code === "VALIDATION_ERROR" && body.error.details[0]?.pointer === "/expiresAt" && Date.now() >= endsAtMs;
    const isLimited = body.error?.code === "BALANCE_LIMIT" && content.lines.some(({ accountCode }) => accountCode === limitedCode);
    assert.ok(isTooLate || isLimited, `${status} ${JSON.stringify(body)}`);
    return undefined;
  }

  /** Notes what has become of a hold: what was asked for, or, where that is refused, its end. */
  function resolve(hold: ExpectedHold, outcome: "settled" | "released", { status, body }: Awaited<ReturnType<typeof send>>): boolean {
    if (status < 300) {
      hold.outcome = outcome;
      return true;
    }
    const { error } = body;
    assert.deepEqual([error?.code, error?.details[0]?.status], ["HOLD_STATE", "expired"], `${status} ${JSON.stringify(body)}`);
    assert.ok(Date.now() >= hold.endsAtMs, "a hold is over before its end");
    hold.outcome = "expired";
    return false;
  }

  async function settle(hold: ExpectedHold, inPart: boolean): Promise<void> {
    const [line] = hold.content.lines;
    const taken = inPart ? 1 + random((line?.amount ?? 1) - 1) : line?.amount;
    assert.ok(taken);
    const body = inPart ? { lines: hold.content.lines.map((_, index) => ({ no: index + 1, amount: taken })) } : {};
    if (!resolve(hold, "settled", await send(`/holds/${hold.id}/settle`, body))) return;
    const { currency, reference, lines } = hold.content;
    entries.push({ currency, reference, lines: lines.map((of) => ({ ...of, amount: taken })), holdId: hold.id });
  }

  async function release(hold: ExpectedHold): Promise<void> {
    resolve(hold, "released", await send(`/holds/${hold.id}/release`, { reason: "Cancelled" }));
  }

  /** Asks for the hold until it is over. From its end on no answer may say that it is open. */
  async function expire(hold: ExpectedHold): Promise<void> {
    const giveUpAt = Date.now() + requestGivesUpAfterMs;
    for (;;) {
      const askedAtMs = Date.now();
      const read = await call<HoldOnPage>(await present, "GET", `/holds/${hold.id}`).catch((error) => {
        if (error instanceof assert.AssertionError && !/: 5\d\d /.test(error.message)) throw error;
      });
      if (read?.status === "expired") break;
      if (read !== undefined) assert.ok(read.status === "open" && askedAtMs < hold.endsAtMs, `${read.status} after the hold's end`);
      assert.ok(Date.now() < giveUpAt, "a hold does not end");
      await wait(20);
    }
    hold.outcome = "expired";
  }

  const funds: Content = {
    ...plan("USD"),
    lines: [
      { accountCode: limitedCode, side: "debit", amount: 2_000_000 },
      { accountCode: codeOf(0), side: "credit", amount: 2_000_000 },
    ],
  };
  done(await send(`${below}/journal-entries`, funds));
  entries.push({ ...funds, holdId: null });

  let running = true;
  const kinds = [flows.entry, flows.draft, flows.draft, flows.hold, flows.hold, flows.hold, flows.group];
  const load = Array.from({ length: connections }, async () => {
    while (running) await kinds[random(kinds.length)]?.();
  });
  const watch = (async () => {
    while (running || leftToEnd.length > 0) {
      const hold = leftToEnd.shift();
      if (hold === undefined) await wait(20);
      else await expire(hold);
    }
  })();
  // A load that fails must not be waited for.
  const failed = Promise.all([...load, watch]).then(() => undefined);
  for (let round = 1; round <= kills; round++) {
    let left = outcomesBeforeKill.from + random(outcomesBeforeKill.to - outcomesBeforeKill.from);
    await Promise.race([
      failed,
      new Promise<void>((enough) => {
        onOutcome = () => void (--left <= 0 && enough());
      }),
    ]);
    const rest = await halfway();
    const target: ServerProcess = server;
    const { promise, resolve: announce } = Promise.withResolvers<ServerProcess>();
    present = promise;
    // Every third time the launcher alone: the runtime that it leaves behind must not stay on the data.
    await killProcess(target, round % 3 !== 0);
    const before = answered.splice(0).slice(-2 * connections);
    server = await startProcess(folder.dataDir);
    for (const { posting, text } of before) {
      assert.equal((await post(server, posting)).text, text, `the answer to ${posting.path} is another one after the restart`);
    }
    announce(server);
    await rest();
  }
  running = false;
  await failed;
  const last = server;

  const openEnds = holds.filter(({ outcome, endsAtMs }) => outcome === "open" && endsAtMs < Number.POSITIVE_INFINITY);
  assert.deepEqual(openEnds, [], "the load leaves no hold with an end before it has come");
  const told = { entries: 0, holds: 0, drafts: 0 };
  for (const currency of ["USD", "EUR"] as const) {
    const of = `currency=${currency}`;
    const there = await readAll<EntryOnPage>(last, `${below}/journal-entries?status=posted&${of}`);
    assert.deepEqual(
      there.map(shortEntry).toSorted(),
      entries
        .filter((entry) => entry.currency === currency)
        .map(shortEntry)
        .toSorted(),
      "the entries are not those that were acknowledged, each once",
    );
    const kept = await readAll<HoldOnPage>(last, `${below}/holds?${of}`);
    const expected = holds.filter(({ content }) => content.currency === currency);
    assert.deepEqual(
      kept.map(({ id, status }) => `${id} ${status}`).toSorted(),
      expected.map(({ id, outcome }) => `${id} ${outcome}`).toSorted(),
      "the holds are not those that were acknowledged, each with its outcome",
    );
    const settlements = new Map(there.filter(({ holdId }) => holdId !== null).map((entry) => [entry.holdId, entry]));
    for (const { id, status, entryId, expiresAt, resolvedAt, lines } of kept) {
      const settlement = settlements.get(id);
      assert.equal(entryId, settlement?.id ?? null, "a hold names another entry than the one that settled it");
      assert.equal(settlement !== undefined, status === "settled");
      for (const [index, line] of (settlement?.lines ?? []).entries()) assert.ok(line.amount <= (lines[index]?.amount ?? 0));
      if (status === "expired") assert.ok(expiresAt !== null && resolvedAt !== null && resolvedAt >= expiresAt);
    }
    const open = kept.filter(({ status }) => status === "open");
    const balances = await readAll<BalanceOnPage>(last, `/balances?entityId=${books.entityId}&${of}`);
    const posted = fold(entries.filter((entry) => entry.currency === currency));
    const pending = fold(open);
    for (const { code, balance, available, pending: said } of balances) {
      const { debits, credits } = posted.get(code) ?? { debits: 0, credits: 0 };
      assert.equal(balance, debits - credits, `the balance of ${code} is not the sum of what was acknowledged`);
      assert.deepEqual(said, pending.get(code) ?? { debits: 0, credits: 0 }, `pending on ${code} is not what the open holds keep`);
      assert.equal(available, balance - said.credits);
      if (code === limitedCode) assert.ok(available >= 0, "the limit is broken");
    }
    assert.equal(balances.length, accountCount + 1);
    told.entries += there.length;
    told.holds += kept.length;
    const verification = await verify(last, books.ledgers[currency]);
    assert.equal(verification.ok, true, verification.faults.join("\n"));
  }
  for (const status of ["draft", "pending_approval"] as const) {
    const there = await readAll<EntryOnPage>(last, `${below}/journal-entries?status=${status}`);
    assert.deepEqual(
      there.map(({ id }) => id).toSorted(),
      [...drafts]
        .filter(([, of]) => of === status)
        .map(([id]) => id)
        .toSorted(),
    );
    told.drafts += there.length;
  }
  for (const groupId of new Set(holds.map((hold) => hold.groupId).filter((id) => id !== undefined))) {
    const outcomes = holds.filter((hold) => hold.groupId === groupId).map(({ outcome }) => outcome);
    assert.ok(outcomes.length === 2 && outcomes[0] === outcomes[1] && outcomes[0] !== "open", `a group ends ${outcomes.join(" and ")}`);
  }
  const outcomes = Object.groupBy(holds, ({ outcome, groupId }) => (groupId === undefined ? outcome : `${outcome} in groups`));
  console.log(
    `crash: ${kills} kills, ${counts.requests} requests, ${counts.outcomes} outcomes (${counts.refused} refusals), ${counts.cut} cut off and repeated; ` +
      `${told.entries} entries, ${told.drafts} drafts, ${told.holds} holds (${Object.entries(outcomes)
        .map(([outcome, of]) => `${of?.length} ${outcome}`)
        .join(", ")}), verify ok in both ledgers`,
  );
});

/** What the load reads of an answer. */
interface Answer {
  readonly id: string;
  readonly status?: string;
  readonly groupId?: string | null;
  readonly approval?: { readonly version: number };
  readonly data?: readonly Answer[];
  readonly error?: { readonly code: string; readonly details: readonly { readonly pointer?: string; readonly status?: string }[] };
}

function codeOf(account: number): string {
  return String(1_000 + account);
}

/** A company with the same accounts in two currencies, one of which has a limit. */
async function openBooks(target: ServerProcess) {
  const entity = await call<{ id: string; functionalLedgerId: string }>(
    target,
    "POST",
    "/entities",
    { name: "Crash test", functionalCurrency: "USD" },
    "entity",
  );
  const euro = await call<{ id: string }>(target, "POST", "/ledgers", { entityId: entity.id, currency: "EUR" }, "euro");
  for (const currency of ["USD", "EUR"] as const) {
    const accounts = Array.from({ length: accountCount }, (_, index) => ({
      code: codeOf(index),
      name: `Account ${index}`,
      type: "other_current_asset",
    }));
    await call(target, "POST", "/accounts/import", { entityId: entity.id, currency, accounts }, `accounts-${currency}`);
    await call(
      target,
      "POST",
      "/accounts",
      { entityId: entity.id, currency, code: limitedCode, name: "Limited", type: "bank", minBalance: 0 },
      `limited-${currency}`,
    );
  }
  return { entityId: entity.id, ledgers: { USD: entity.functionalLedgerId, EUR: euro.id } };
}

function shortEntry({ reference, holdId, lines }: Pick<ExpectedEntry, "reference" | "holdId" | "lines">): string {
  return JSON.stringify([reference, holdId, lines.map(({ accountCode, side, amount }) => [accountCode, side, amount])]);
}

function fold(of: readonly { readonly lines: readonly Line[] }[]): Map<string, { debits: number; credits: number }> {
  const sums = new Map<string, { debits: number; credits: number }>();
  for (const { accountCode, side, amount } of of.flatMap(({ lines }) => lines)) {
    const sum = sums.get(accountCode) ?? { debits: 0, credits: 0 };
    sums.set(accountCode, sum);
    sum[side === "debit" ? "debits" : "credits"] += amount;
  }
  return sums;
}
