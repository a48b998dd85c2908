import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { call, isNoOutcome, type Posting as KeyedPost, post, randomFrom, readAll, verify } from "./http-client.ts";
import { freshDataFolder, killProcess, type ServerProcess, startProcess } from "./server-process.ts";

const seed = 20_261_121;
const kills = 8;
const connections = 6;
const accountCount = 20;
const days = 400;
/** Load before each kill: long enough to be in the middle of commits, flush slices and alarms. */
const killAfterMs = { from: 400, to: 1_800 };
/** From asking for a close-out to the kill. */
const closingForMs = 250;

interface PlannedEntry {
  readonly date: string;
  readonly reference: string;
  readonly externalId?: string;
  readonly lines: readonly { readonly accountCode: string; readonly side: "debit" | "credit"; readonly amount: number }[];
}

interface Posting extends KeyedPost {
  readonly entries: readonly PlannedEntry[];
}

interface Ledger {
  readonly entityId: string;
  readonly ledgerId: string;
}

const folder = await freshDataFolder();
let server: ServerProcess | undefined;
after(async () => {
  if (server) await killProcess(server, true);
  await folder.remove();
});

test("killed again and again under load, and while its ledger is closed out, the server loses no acknowledged entry and posts none twice", {
  timeout: 300_000,
}, async () => {
  const random = randomFrom(seed);
  server = await startProcess(folder.dataDir, ["--empty"]);
  const ledger = await openLedger(server);
  const acknowledged: PlannedEntry[] = [];
  /** The latest acknowledged requests of a round, with their answers. */
  const answered: { readonly posting: Posting; readonly text: string }[] = [];
  const unanswered: Posting[] = [];
  const counts = { requests: 0, repeated: 0, cut: 0, restarts: 0 };
  let next = 0;
  let lastAnswer: string | undefined;

  const plan = (): Posting => {
    const key = `crash-${seed}-${next}`;
    const size = random(4) === 0 ? 1 + random(60) : 1;
    const entries = Array.from({ length: size }, () => planEntry(random, next++));
    return size === 1 && random(4) > 0
      ? { path: `/companies/${ledger.entityId}/journal-entries`, key, body: entries[0], entries }
      : { path: `/companies/${ledger.entityId}/journal-entries/batch`, key, body: { mode: "atomic", entries }, entries };
  };
  const send = async (target: ServerProcess, posting: Posting): Promise<boolean> => {
    counts.requests += 1;
    const response = await post(target, posting).catch(() => undefined);
    lastAnswer = response?.text;
    if (response === undefined || isNoOutcome(response)) return false;
    assert.ok(response.status === 200 || response.status === 201, `${response.status} ${response.text.slice(0, 500)}`);
    acknowledged.push(...posting.entries);
    answered.push({ posting, text: response.text });
    return true;
  };

  for (let round = 1; round <= kills; round++) {
    const target: ServerProcess = server;
    let running = true;
    const load = Array.from({ length: connections }, async () => {
      while (running) {
        const posting = plan();
        if (await send(target, posting)) continue;
        unanswered.push(posting);
        counts.cut += 1;
        if (!running) return;
        await wait(5);
      }
    });
    await wait(killAfterMs.from + random(killAfterMs.to - killAfterMs.from));
    // Every second time the ledger is being closed out into its next object, in one step or another.
    const closing = round % 2 === 0 ? closeOut(target, ledger, round) : undefined;
    if (closing !== undefined) await wait(random(closingForMs));
    running = false;
    // Every third time the launcher alone: the runtime that it leaves behind must not stay on the data.
    await killProcess(target, round % 3 !== 0);
    await Promise.all([...load, closing]);
    server = await startProcess(folder.dataDir);
    counts.restarts += 1;
    assert.equal(server.description.sandbox.key, target.description.sandbox.key);
    counts.repeated += unanswered.length;
    // What was answered before the kill is answered in the same words after it, and posts nothing.
    for (const { posting, text } of answered.splice(0).slice(-connections)) {
      assert.ok((await answerTo(server, posting)) === text, `the answer to ${posting.key} is another one after the restart`);
    }
    await settle(server, unanswered, send, () => lastAnswer);
    answered.length = 0;
  }

  const posted = await readAll<{ reference: string }>(server, `/companies/${ledger.entityId}/journal-entries?sort=sequence:asc`);
  const references = new Map<string, number>();
  for (const { reference } of posted) references.set(reference, (references.get(reference) ?? 0) + 1);
  const lost = acknowledged.filter(({ reference }) => !references.has(reference));
  const twice = [...references].filter(([, times]) => times > 1);
  assert.deepEqual(lost, [], "acknowledged entries are missing");
  assert.deepEqual(twice, [], "entries are there twice");
  assert.equal(references.size, acknowledged.length, "there are entries that nobody sent");

  const balances = await readBalances(server, ledger);
  assert.deepEqual(balances, foldBalances(acknowledged), "balances differ from the sum of what was sent");
  const { data: generations } = await call<{ data: readonly { firstSequence: number; lastSequence: number | null }[] }>(
    server,
    "GET",
    `/ledgers/${ledger.ledgerId}/generations`,
  );
  assert.ok(generations.length > 1, "no close-out was begun before a kill");
  const verification = await verify(server, ledger.ledgerId);
  assert.equal(verification.ok, true, verification.faults.join("\n"));

  console.log(
    `crash: ${kills} kills, ${counts.restarts} restarts, ${generations.length} objects of the ledger, ${counts.requests} requests (${counts.cut} cut off, ${counts.repeated} repeated), ` +
      `${acknowledged.length} entries acknowledged, ${posted.length} there, ${lost.length} lost, ${twice.length} twice, verify ok to ${verification.sequence}`,
  );
});

function planEntry(random: (below: number) => number, number: number): PlannedEntry {
  const first = random(accountCount);
  const second = (first + 1 + random(accountCount - 1)) % accountCount;
  const amount = 1 + random(1_000_000);
  const code = (account: number) => String(1_000 + account);
  return {
    date: new Date(Date.UTC(2025, 0, 1 + random(days))).toISOString().slice(0, 10),
    reference: `crash-${number}`,
    // Without one, only the idempotency key stands between a repeated request and a second entry.
    ...(random(2) === 0 && { externalId: `crash-${number}` }),
    lines: [
      { accountCode: code(first), side: "debit", amount },
      { accountCode: code(second), side: "credit", amount },
    ],
  };
}

async function openLedger(target: ServerProcess): Promise<Ledger> {
  const entity = await call<{ id: string; functionalLedgerId: string }>(
    target,
    "POST",
    "/entities",
    { name: "Crash test", functionalCurrency: "USD" },
    "crash-entity",
  );
  const accounts = Array.from({ length: accountCount }, (_, index) => ({
    code: String(1_000 + index),
    name: `Account ${index}`,
    type: "other_current_asset",
  }));
  await call(target, "POST", "/accounts/import", { entityId: entity.id, accounts }, "crash-accounts");
  return { entityId: entity.id, ledgerId: entity.functionalLedgerId };
}

/** Repeats what was cut off, each with its key, until it is answered. */
async function settle(
  target: ServerProcess,
  unanswered: Posting[],
  send: (target: ServerProcess, posting: Posting) => Promise<boolean>,
  lastAnswer: () => string | undefined,
): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  for (let posting = unanswered.shift(); posting !== undefined; posting = unanswered.shift()) {
    if (await send(target, posting)) continue;
    assert.ok(Date.now() < giveUpAt, `A repeated request is not answered: ${posting.key}: ${lastAnswer()}`);
    unanswered.push(posting);
    await wait(50);
  }
}

/** Has the ledger closed out. The kill may come before it is answered, or while it runs. */
async function closeOut(target: ServerProcess, { ledgerId }: Ledger, round: number): Promise<void> {
  const key = `crash-close-out-${round}`;
  await post(target, { path: `/ledgers/${ledgerId}/close-out`, key, body: { force: true } }).catch(() => undefined);
}

/** The answer to a request that is repeated. While the ledger is being closed out it is refused as retryable. */
async function answerTo(target: ServerProcess, posting: Posting): Promise<string> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const answer = await post(target, posting);
    if (!isNoOutcome(answer)) return answer.text;
    assert.ok(Date.now() < giveUpAt, `A repeated request is not answered: ${posting.key}: ${answer.text}`);
    await wait(50);
  }
}

async function readBalances(target: ServerProcess, { ledgerId }: Ledger): Promise<Record<string, number>> {
  const { data } = await call<{ data: { code: string; balance: number }[] }>(target, "GET", `/balances?ledgerId=${ledgerId}&limit=200`);
  return Object.fromEntries(data.filter(({ balance }) => balance !== 0).map(({ code, balance }) => [code, balance]));
}

function foldBalances(entries: readonly PlannedEntry[]): Record<string, number> {
  const balances: Record<string, number> = {};
  for (const { accountCode, side, amount } of entries.flatMap((entry) => entry.lines)) {
    balances[accountCode] = (balances[accountCode] ?? 0) + (side === "debit" ? amount : -amount);
  }
  return Object.fromEntries(Object.entries(balances).filter(([, balance]) => balance !== 0));
}
