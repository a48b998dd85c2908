import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decodeAddress } from "../../src/kernel/id.ts";
import { type ArchiveManifest, checkArchive } from "../../src/ledger/archive.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { archiveFolder } from "../../src/ledger/object/generations/archive.ts";
import type { Command, PostEntry, Query } from "../../src/ledger/rpc.ts";
import { entryOf, freshKey, newBooks, post } from "../support/books.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger, plainOptions, setClock } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

function entry(amount: number, more: Partial<PostEntry> = {}): PostEntry {
  return {
    kind: "post_entry",
    date: "2026-06-08",
    lines: [
      { account: refByCode("cash"), side: "debit", amount },
      { account: refByCode("sales"), side: "credit", amount },
    ],
    ...more,
  };
}

const opening: readonly Command[] = [openAccount("cash", "bank"), openAccount("sales", "income")];
const hourMs = 3_600_000;

async function thrown(work: () => Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await work())}`;
  } catch (error) {
    return String(error);
  }
}

/** Books with something of every kind that is carried over, and something that is not. */
async function variedBooks() {
  const ledger = newLedger();
  const { data: accounts } = await ledger.written(opening);
  const { kind: _kind, ...fields } = entry(3);
  await ledger.written(Array.from({ length: 40 }, (_, i) => entry(i + 1, { externalId: `po-${i}`, reference: `r-${i % 3}` })));
  const draft = await ledger.written([{ ...fields, kind: "create_draft" }]);
  const hold = await ledger.written([{ ...fields, kind: "place_hold", externalId: "hold-1" }]);
  const settled = await ledger.written([{ ...fields, kind: "place_hold", externalId: "hold-2" }]);
  await ledger.written([{ kind: "settle_hold", holdId: settled.id }]);
  await ledger.written([{ kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "hard" }]);
  return { ledger, accounts, draft, hold, settled };
}

describe("a ledger that is closed out", () => {
  test("goes on in the next generation with its balances, sequence and seal, and is read across both", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const first = await ledger.written([entry(5, { externalId: "po-1" })], { idempotencyKey: "k" });
    const head = await ledger.read({ kind: "head" });
    await ledger.closeOut();
    const accountId = opened.data[0].id;
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 5, version: 1 });
    const second = await ledger.written([entry(7)]);
    expect(second.sequence).toBeGreaterThan(head.sequence);
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 12, version: 2 });
    expect(await ledger.read({ kind: "balance", accountId, asOf: "2026-06-30" })).toMatchObject({ balance: 12 });
    expect(await ledger.read({ kind: "balance", accountId, knownAt: head.sequence })).toMatchObject({ balance: 5 });
    expect(await ledger.read({ kind: "entry", entryId: first.id })).toEqual(first);
    const { data, totalCount } = await ledger.read({ kind: "entries", order: "sequence", direction: "asc", limit: 9 });
    expect(data).toEqual([first, second]);
    expect(totalCount).toBe(2);
    expect(await ledger.write([entry(5, { externalId: "po-1" })])).toMatchObject({ outcome: "existing" });
    expect(await ledger.write([entry(5, { externalId: "po-1" })], { idempotencyKey: "k" })).toMatchObject({
      outcome: "replayed",
      body: JSON.stringify(first),
    });
  });

  test("numbers its sequence without a gap and seals each commit over the one before, across three generations", async () => {
    const { ledger } = await variedBooks();
    const rows: Record<string, SqlStorageValue>[] = [];
    for (let generation = 0; generation < 3; generation++) {
      await ledger.written([entry(generation + 1)]);
      if (generation < 2) await ledger.closeOut();
    }
    for (let generation = 0; generation < 3; generation++) {
      ledger.at(generation);
      rows.push(...(await ledger.rows("SELECT seq, seal FROM journal ORDER BY seq")));
    }
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    // The whole chain is proved: seals, balances, and that each generation began with what the one before ended with.
    const { id } = await ledger.client.startVerification();
    for (let turn = 0; turn < 50 && (await ledger.client.verification(id))?.status === "running"; turn++)
      for (let generation = 0; generation < 3; generation++) {
        ledger.at(generation);
        await ledger.alarm();
      }
    expect(await ledger.client.verification(id)).toMatchObject({
      status: "succeeded",
      progress: { sequence: rows.length, head: rows.length },
      result: { ok: true, sequence: rows.length, faults: [] },
    });
  });

  test("keeps names for ever: of entries, of holds that were resolved, and of sources, however many generations ago", async () => {
    const { ledger, settled } = await variedBooks();
    const source = { type: "bill", id: "1", step: "accrue" };
    const billed = await ledger.written([entry(9, { source })]);
    const { kind: _kind, ...fields } = entry(4, { externalId: "hold-3" });
    const released = await ledger.written([{ ...fields, kind: "place_hold" }]);
    await ledger.written([{ kind: "release_hold", holdId: released.id }]);
    await ledger.closeOut();
    // Nothing but the hold itself has its name.
    expect(await ledger.write([{ ...fields, kind: "place_hold" }])).toMatchObject({ outcome: "existing" });
    await ledger.closeOut();
    setClock(Date.now() + 30 * 24 * hourMs);
    for (const externalId of ["po-3", "hold-1", "hold-2", "hold-3"])
      expect(await ledger.write([entry(999, { externalId })])).toMatchObject({ failure: { code: "EXTERNAL_ID_TAKEN" } });
    expect(await ledger.write([entry(9, { source })])).toMatchObject({ outcome: "existing", body: JSON.stringify(billed) });
    expect(await ledger.write([entry(10, { source })])).toMatchObject({ failure: { code: "SOURCE_CONFLICT" } });
    expect(await ledger.read({ kind: "hold", holdId: settled.id })).toMatchObject({ status: "settled" });
    expect(await ledger.write([{ kind: "settle_hold", holdId: settled.id }])).toMatchObject({ failure: { code: "HOLD_STATE" } });
    // A batch that repeats many of them asks for all at once.
    const repeated = Array.from({ length: 40 }, (_, i) => entry(i + 1, { externalId: `po-${i}`, reference: `r-${i % 3}` }));
    expect(await ledger.write(repeated)).toMatchObject({ outcome: "existing" });
  });

  test("reverses an entry of an earlier generation once, and tells it wherever the entry is told", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const [first, second] = (await ledger.written([entry(5), entry(6)])).data;
    await ledger.closeOut();
    const reversal = await ledger.written([{ kind: "reverse_entry", entryId: first.id, void: true, reason: "a mistake" }]);
    expect(reversal).toMatchObject({ reversalOf: first.id });
    await ledger.closeOut();
    expect(await ledger.write([{ kind: "reverse_entry", entryId: first.id, void: true, reason: "again" }])).toMatchObject({
      failure: { code: "ALREADY_REVERSED", details: [{ reversedBy: reversal.id }] },
    });
    await ledger.written([{ kind: "reverse_entry", entryId: second.id, void: false, reason: "too" }]);
    await ledger.written([{ kind: "set_posting_reference", entryId: first.id, postingReference: "DOC-1" }]);
    expect(await ledger.read({ kind: "entry", entryId: first.id })).toMatchObject({
      status: "voided",
      reversedBy: reversal.id,
      postingReference: "DOC-1",
    });
    const listed = async (status: "posted" | "reversed" | "voided") =>
      (await ledger.read({ kind: "entries", order: "sequence", direction: "asc", limit: 9, status })).data.map(
        (it: { sequence: number }) => it.sequence,
      );
    expect(await listed("voided")).toEqual([first.sequence]);
    expect(await listed("reversed")).toEqual([second.sequence]);
    expect(await listed("posted")).toHaveLength(2);
  });

  test("answers keys of before for 24 hours, refusals and repeats among them, and forgets them then", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const start = Date.now();
    const unbalanced = { ...entry(5), lines: [entry(5).lines[0], { ...entry(4).lines[1] }] } as PostEntry;
    const refused = await ledger.write([unbalanced], { idempotencyKey: "refused" });
    await ledger.written([entry(6, { externalId: "po-1" })]);
    const existing = await ledger.write([entry(6, { externalId: "po-1" })], { idempotencyKey: "existing" });
    const posted = await ledger.write([entry(7)], { idempotencyKey: "posted" });
    await ledger.closeOut();
    await ledger.closeOut();
    expect(await ledger.write([unbalanced], { idempotencyKey: "refused" })).toEqual({ ...refused, replayed: true });
    expect(await ledger.write([entry(6, { externalId: "po-1" })], { idempotencyKey: "existing" })).toMatchObject({
      outcome: "replayed",
      originally: "existing",
      body: (existing as { body: string }).body,
    });
    expect(await ledger.write([entry(8)], { idempotencyKey: "posted" })).toMatchObject({ failure: { code: "IDEMPOTENCY_KEY_REUSED" } });
    setClock(start + 24 * hourMs - 1);
    expect(await ledger.write([entry(7)], { idempotencyKey: "posted" })).toMatchObject({
      outcome: "replayed",
      body: (posted as { body: string }).body,
    });
    setClock(start + 24 * hourMs);
    expect(await ledger.write([entry(7)], { idempotencyKey: "posted" })).toMatchObject({ outcome: "written" });
  });

  test("answers keys of before a gap of more than a day for 24 hours beyond it, closed out meanwhile", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const start = Date.now();
    const posted = await ledger.write([entry(7)], { idempotencyKey: "posted" });
    setClock(start + 400 * 24 * hourMs);
    await ledger.closeOut();
    await ledger.closeOut();
    const again = () => ledger.write([entry(7)], { idempotencyKey: "posted" });
    expect(await again()).toMatchObject({ outcome: "replayed", body: (posted as { body: string }).body });
    setClock(start + 401 * 24 * hourMs - 1);
    expect(await again()).toMatchObject({ outcome: "replayed" });
    setClock(start + 401 * 24 * hourMs);
    expect(await again()).toMatchObject({ outcome: "written" });
  });

  test("answers whatever it answered before while the clock runs: nothing that is asked of an earlier generation carries the time", async () => {
    const start = Date.now();
    const ledger = newLedger();
    const { data: accounts } = await ledger.written(opening);
    const { kind: _kind, ...fields } = entry(3);
    const many = Array.from({ length: 60 }, (_, i) => entry(i + 1, { externalId: `po-${i}` }));
    const writes: [string, Command[]][] = [
      ["one", [entry(5)]],
      ["many", many],
      ["existing", [entry(1, { externalId: "po-0" })]],
      ["refused", [entry(2, { externalId: "po-0" })]],
      ["hold", [{ ...fields, kind: "place_hold", externalId: "hold" }]],
      ["draft", [{ ...fields, kind: "create_draft", externalId: "draft" }]],
      ["lock", [{ kind: "lock_period", startDate: "2024-01-01", endDate: "2024-12-31", module: "all", level: "hard" }]],
    ];
    const answers: Record<string, unknown> = {};
    for (const [key, commands] of writes) answers[key] = await ledger.write(commands, { idempotencyKey: key });
    const head = await ledger.read({ kind: "head" });
    const accountId = accounts[0].id;
    const questions: readonly Query[] = [
      { kind: "balance", accountId, knownAt: head.sequence },
      { kind: "balances", limit: 9, direction: "asc", knownAt: head.sequence, asOf: "2026-06-30" },
      { kind: "entries", order: "date", direction: "desc", limit: 200, accountId },
      { kind: "lines", accountId, order: "date", direction: "asc", limit: 200, knownAt: head.sequence },
      { kind: "holds", order: "sequence", direction: "asc", limit: 9 },
    ];
    // Balances say at which sequence they are, which grows.
    const read = () =>
      Promise.all(questions.map(async (question) => JSON.stringify(await ledger.read(question)).replaceAll(/"sequence":\d+,"asOf"/g, "")));
    const told = await read();
    await ledger.closeOut();
    await ledger.closeOut();
    // Each look at it is a moment later.
    let nowMs = start;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => nowMs++);
    for (let times = 0; times < 2; times++) {
      for (const [key, commands] of writes) {
        const again = await ledger.write(commands, { idempotencyKey: key });
        if (key === "refused") expect(again).toMatchObject({ outcome: "refused", replayed: true });
        else expect(again, key).toMatchObject({ outcome: "replayed", body: (answers[key] as { body: string }).body });
      }
      expect(await read()).toEqual(told);
    }
    expect(nowMs).toBeGreaterThan(start + 20);
    clock.mockRestore();
  });

  test("lets open holds expire and drafts be posted in the next generation, under their own ids", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const { kind: _kind, ...fields } = entry(3);
    const hold = await ledger.written([{ ...fields, kind: "place_hold", expiresAtMs: Date.now() + hourMs }]);
    const draft = await ledger.written([{ ...fields, kind: "create_draft", description: "later" }]);
    await ledger.closeOut();
    const accountId = hold.lines[0].accountId;
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ pending: { debits: 3, credits: 0 } });
    const posted = await ledger.written([{ kind: "post_draft", entryId: draft.id }]);
    expect(posted).toMatchObject({ id: draft.id, status: "posted", approval: { version: 1 } });
    await ledger.closeOut();
    setClock(Date.now() + 2 * hourMs);
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 3, pending: { debits: 0, credits: 0 } });
    expect(await ledger.read({ kind: "hold", holdId: hold.id })).toMatchObject({ id: hold.id, status: "expired" });
    expect(await ledger.read({ kind: "entry", entryId: draft.id })).toMatchObject({ id: draft.id, status: "posted", description: "later" });
  });

  test("is not closed out while it takes entries, unless it is asked for; the same request is one close-out", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    expect(await thrown(() => ledger.closeOut({ force: false }))).toContain("Refused");
    ledger.at(0);
    const jobId = await ledger.closeOut({ idempotencyKey: "once" });
    expect(await ledger.client.closeOut({ ...closeOutOptions, idempotencyKey: "once" })).toBe(jobId);
    expect(await ledger.client.generations()).toHaveLength(2);
  });
});

const closeOutOptions = { force: true, actor: { kind: "service", id: "owner", role: "OWNER" }, requestId: "req_test" } as const;

describe("19: a close-out that is cut off", () => {
  /** Closes, and nobody takes over. */
  async function cutOff(ledger: LedgerUnderTest): Promise<void> {
    const next = env.LEDGER.idFromName(`ledger-under-test-${ledger.identity.number}-g1`).toString();
    ledger.at(0);
    await ledger.inside((_sql, _state, object) => void (object as unknown as Closing).closeOut({ ...closeOutOptions, next }));
  }
  interface Closing {
    closeOut(request: object): unknown;
    takeOver(previous: string): Promise<string>;
  }

  test("is read as before and takes no writes, and goes on by the alarm of the object that was closed", async () => {
    const { ledger, accounts } = await variedBooks();
    const accountId = accounts[0].id;
    const before = await ledger.client.readText({ kind: "entries", order: "sequence", direction: "asc", limit: 200 });
    await cutOff(ledger);
    expect(await ledger.client.readText({ kind: "entries", order: "sequence", direction: "asc", limit: 200 })).toBe(before);
    expect(await thrown(() => ledger.write([entry(1)], { idempotencyKey: "k" }))).toContain("being closed out");
    await ledger.kill();
    expect(await thrown(() => ledger.write([entry(1)], { idempotencyKey: "k" }))).toContain("being closed out");
    await ledger.alarm();
    const posted = await ledger.written([entry(1)], { idempotencyKey: "k" });
    expect(posted.sequence).toBeGreaterThan(45);
    ledger.at(1);
    expect(await ledger.read({ kind: "balance", accountId })).toMatchObject({ balance: 820 + 3 + 1 });
  });

  /** Fails the write of how far a generation has come: what was to be written with it is not, and the object ends. */
  const failing = (when: string) => `CREATE TRIGGER failing ${when} BEGIN SELECT raise(ABORT, 'the disk is gone'); END`;
  const atStage = (stage: string) => failing(`BEFORE INSERT ON meta WHEN NEW.key = 'take_over' AND NEW.value LIKE '%${stage}%'`);

  test.each([
    ["its first fact", 1, atStage("accounts")],
    ["its accounts", 1, atStage("drafts")],
    ["its drafts", 1, atStage("holds")],
    ["its holds", 1, atStage("runs")],
    ["a run's filter", 1, atStage("filters")],
    ["a run's blocks", 1, atStage("blocks")],
    ["the names", 1, atStage("last")],
    ["the last fact", 1, atStage("end")],
    ["the word that it opens", 0, failing("BEFORE INSERT ON meta WHEN NEW.key = 'close_out'")],
    ["its opening", 1, failing("BEFORE DELETE ON meta WHEN OLD.key = 'take_over'")],
  ])("on the way to %s is taken over whole all the same", async (_, generation, trigger) => {
    const { ledger, draft, hold } = await variedBooks();
    const told = async () => ({
      entries: await ledger.client.readText({ kind: "entries", order: "date", direction: "asc", limit: 200 }),
      holds: await ledger.client.readText({ kind: "holds", order: "date", direction: "asc", limit: 200 }),
      totals: JSON.parse(await ledger.client.readText({ kind: "totals" })).accounts,
    });
    const before = await told();
    await cutOff(ledger);
    const previous = await previousOf(ledger);
    ledger.at(generation);
    await ledger.inside((sql) => void sql.exec(trigger));
    ledger.at(1);
    const takeOver = () => ledger.inside((_sql, _state, object) => (object as unknown as Closing).takeOver(previous));
    expect(await thrown(takeOver)).toContain("the disk is gone");
    // Nobody reads in the one what the other may have overtaken.
    if (!trigger.includes("DELETE")) expect(await told()).toEqual(before);
    else expect(await thrown(told)).toContain("being closed out");
    expect(await thrown(() => ledger.write([entry(1)]))).toContain("being closed out");
    ledger.at(generation);
    await ledger.inside((sql) => void sql.exec("DROP TRIGGER failing"));
    // Either may have ended since.
    for (const no of [0, 1]) {
      ledger.at(no);
      await ledger.kill();
    }
    ledger.at(0);
    await ledger.alarm();
    ledger.at(1);
    expect(await told()).toEqual(before);
    expect(await ledger.written([{ kind: "release_hold", holdId: hold.id }])).toMatchObject({ status: "released" });
    expect(await ledger.written([{ kind: "post_draft", entryId: draft.id }])).toMatchObject({ status: "posted" });
    expect(await ledger.write([entry(9, { externalId: "po-3" })])).toMatchObject({ failure: { code: "EXTERNAL_ID_TAKEN" } });
    expect(await ledger.rows("SELECT state FROM run WHERE state = 'arriving'")).toEqual([]);
  });

  async function previousOf(ledger: LedgerUnderTest): Promise<string> {
    ledger.at(0);
    return ledger.inside((_sql, state) => state.id.toString());
  }

  test("has each racing write once, in one generation or the other, as the client was told", async () => {
    const ledger = newLedger();
    const { data: accounts } = await ledger.written(opening);
    const sends = Array.from({ length: 30 }, (_, i) => async () => {
      for (let attempt = 0; attempt < 200; attempt++) {
        try {
          const outcome = await ledger.client.write([entry(1, { description: `race ${i}` })], {
            ...plainOptions,
            idempotencyKey: `race-${i}`,
          });
          if (outcome.outcome !== "refused") return outcome.body;
          throw new Error(outcome.failure.code);
        } catch (error) {
          if (!String(error).includes("being closed out")) throw error;
          await scheduler.wait(1);
        }
      }
      throw new Error("the close-out does not end");
    });
    const racing = sends.map((send) => send());
    const closing = ledger.client.closeOut(closeOutOptions);
    const bodies = await Promise.all(racing);
    await closing;
    ledger.at(1);
    expect(await ledger.read({ kind: "balance", accountId: accounts[0].id })).toMatchObject({ balance: 30, version: 30 });
    const { data } = await ledger.read({ kind: "entries", order: "sequence", direction: "asc", limit: 50 });
    expect(new Set(data.map((it: { id: string }) => it.id))).toEqual(new Set(bodies.map((body) => JSON.parse(body).id)));
  });
});

describe("the archive of a closed generation", () => {
  async function archived(ledger: LedgerUnderTest, generation: number) {
    ledger.at(generation);
    for (let turn = 0; turn < 200; turn++) {
      await ledger.alarm();
      const [view] = (await ledger.client.generations()).slice(generation, generation + 1);
      if (view?.archive?.status === "complete") break;
    }
    const folder = archiveFolder(ledger.identity, generation);
    return { folder, read: async (name: string) => (await env.FILES.get(`${folder}/${name}`))?.bytes() };
  }

  beforeEach(() => Object.assign(env, { LEDGER_ARCHIVE_BYTES: "2000" }));

  test("is files of whole commits that are proved alone, generation after generation", async () => {
    const { ledger } = await variedBooks();
    for (let i = 0; i < 20; i++) await ledger.written([entry(i + 1, { memo: "x".repeat(50) } as Partial<PostEntry>)]);
    const jobId = await ledger.closeOut();
    await ledger.written([entry(5)]);
    await ledger.closeOut();
    expect(await ledger.client.verification(jobId)).toMatchObject({ type: "close_out_ledger", status: "running" });
    const [first, second] = [await archived(ledger, 0), await archived(ledger, 1)];
    const [a, b] = [await checkArchive(first.read), await checkArchive(second.read)];
    expect([a.faults, b.faults]).toEqual([[], []]);
    expect(a.manifest.files.length).toBeGreaterThan(3);
    expect(b.manifest).toMatchObject({ generation: 1, firstSequence: a.manifest.lastSequence + 1, previousSeal: a.manifest.seal });
    expect(b.opening).toBe(a.closing);
    expect(await ledger.client.verification(jobId)).toMatchObject({
      status: "succeeded",
      progress: { sequence: a.manifest.lastSequence, head: a.manifest.lastSequence },
      result: { ok: true, seal: a.manifest.seal },
    });
  });

  test("goes on where it was cut off", async () => {
    const { ledger } = await variedBooks();
    await ledger.closeOut();
    ledger.at(0);
    for (let turn = 0; turn < 6; turn++) {
      await ledger.alarm();
      await ledger.kill();
    }
    const { read } = await archived(ledger, 0);
    expect((await checkArchive(read)).faults).toEqual([]);
  });

  test("that was changed, cut or put together otherwise is found out", async () => {
    const { ledger } = await variedBooks();
    await ledger.closeOut();
    const { read } = await archived(ledger, 0);
    const { manifest } = await checkArchive(read);
    const text = async (name: string) => new TextDecoder().decode(await read(name));
    let target = "";
    for (const { name } of manifest.files) if ((await text(name)).includes("entry_posted")) target = name;
    const lines = (await text(target)).split("\n");
    const entries = lines.findIndex((line) => line.includes("entry_posted"));
    /** The archive with one file in other words, and a manifest that agrees with it. */
    const forged = async (change: (text: string) => string, agree: boolean) => {
      const bytes = new TextEncoder().encode(change(lines.join("\n")));
      const files = manifest.files.map((file) =>
        file.name === target && agree
          ? { ...file, bytes: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") }
          : file,
      );
      const told: ArchiveManifest = { ...manifest, files };
      return checkArchive(async (name) =>
        name === target ? bytes : name === "manifest.json" ? new TextEncoder().encode(JSON.stringify(told)) : read(name),
      );
    };
    expect((await forged((all) => all, false)).faults).toEqual([]);
    const more = (all: string) =>
      all.replace(/\\"lines\\":\[\[(\d+),(\d+)/, (_, account, amount) => `\\"lines\\":[[${account},${Number(amount) + 1}`);
    expect((await forged(more, false)).faults.join()).toContain("is not what the manifest says");
    const changed = (await forged(more, true)).faults.join();
    expect(changed).toContain("does not fit what is stored");
    expect(changed).toContain("does not balance");
    const dropped = (all: string) =>
      all
        .split("\n")
        .filter((_, i) => i !== entries)
        .join("\n");
    expect((await forged(dropped, true)).faults.join()).toContain("is missing");
    const swapped = (all: string) =>
      all
        .split("\n")
        .toSpliced(entries, 2, lines[entries + 1] ?? "", lines[entries] ?? "")
        .join("\n");
    expect((await forged(swapped, true)).faults.length).toBeGreaterThan(0);
    const gone = await checkArchive(async (name) => (name === target ? undefined : read(name)));
    expect(gone.faults.join()).toContain(`${target} is missing`);
    const cut = { ...manifest, files: manifest.files.slice(0, -1) };
    const short = await checkArchive(async (name) =>
      name === "manifest.json" ? new TextEncoder().encode(JSON.stringify(cut)) : read(name),
    );
    expect(short.faults.join()).toContain(`before ${manifest.lastSequence}`);
  });
});

describe("POST /ledgers/{id}/close-out", () => {
  afterEach(() => Reflect.deleteProperty(env, "LEDGER_BYTES"));

  test("takes a ledger on that refuses entries as LEDGER_FULL", async () => {
    vi.useRealTimers();
    const books = await newBooks();
    const { api, ledgerId } = books;
    const path = `/ledgers/${ledgerId}/close-out`;
    const first = await post(books, entryOf("cash", "equity", 1_000, { externalId: "po-1" }));
    expect(await api.post(path, {}, freshKey())).toMatchObject({ status: 409, body: { error: { code: "LEDGER_NOT_FULL" } } });
    const limited = await api.withRole("APPROVER", {});
    expect(await limited.post(path, { force: true }, freshKey())).toMatchObject({ status: 403 });
    const closed = env.LEDGER.getByName(`ledger-${decodeAddress(first.id)?.ledgerNumber}`);
    Object.assign(env, { LEDGER_BYTES: "600000" });
    await evictDurableObject(closed);
    const entries = Array.from({ length: 100 }, () => entryOf("cash", "sales", 5, { description: "x".repeat(900) }));
    const postMany = () => api.post("/journal-entries/batch", { mode: "atomic", entries }, freshKey());
    let posted = 0;
    let refused = await postMany();
    for (; refused.status === 201 && posted < 20; posted++) refused = await postMany();
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "LEDGER_FULL" } } });
    const key = freshKey();
    const job = await api.post(path, { reason: "Full" }, key);
    expect(job).toMatchObject({ status: 202, body: { type: "close_out_ledger" } });
    expect(job.headers.get("location")).toBe(`/api/v1/jobs/${job.body.id}`);
    expect(await api.post(path, { reason: "Full" }, key)).toMatchObject({ status: 200, body: { id: job.body.id } });
    const second = await post(books, entryOf("cash", "sales", 5));
    expect(second.sequence).toBeGreaterThan(first.sequence);
    expect((await api.get(`/journal-entries/${first.id}`)).body).toEqual(first);
    expect((await api.get("/journal-entries?sort=createdAt:asc")).body).toMatchObject({ totalCount: posted * 100 + 2 });
    expect((await api.get(`/accounts/${books.accounts.cash}/balance?asOf=2026-06-30`)).body.balance).toBe(1_005 + posted * 500);
    const statement = await api.get("/reports/trial-balance?asOf=2026-06-30");
    expect(statement.body.totals).toMatchObject({ debitCents: 1_005 + posted * 500, creditCents: 1_005 + posted * 500 });
    while ((await api.get(`/jobs/${job.body.id}`)).body.status === "running") await runDurableObjectAlarm(closed);
    const { body: generations } = await api.get(`/ledgers/${ledgerId}/generations`);
    expect(generations.data).toMatchObject([
      { generation: 0, firstSequence: 1, archive: { status: "complete" } },
      { generation: 1, lastSequence: null, archive: null },
    ]);
    const { folder } = generations.data[0].archive;
    const verdict = await checkArchive(async (name) => (await env.FILES.get(`${folder}/${name}`))?.bytes());
    expect(verdict).toMatchObject({ manifest: { ledgerId }, faults: [] });
  });
});
