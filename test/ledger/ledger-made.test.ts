import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LedgerClient, type LedgerRpc, ledgerClient } from "../../src/ledger/client.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { idempotencyBuckets } from "../../src/ledger/object/log/schema.ts";
import type { Command, CreateDraft, PostEntry, WriteOptions } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { encoded, holdClock, type LedgerUnderTest, madeIn, newLedger, plainOptions } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

const lines: PostEntry["lines"] = [
  { account: refByCode("cash"), side: "debit", amount: 5 },
  { account: refByCode("sales"), side: "credit", amount: 5 },
];
const opening: readonly Command[] = [openAccount("cash", "bank"), openAccount("sales", "income")];
const entry: PostEntry = { kind: "post_entry", date: "2026-06-08", lines };
const draft: CreateDraft = { kind: "create_draft", date: "2026-06-08", lines };

/** What the object itself answers, before the client sees it. */
function answerOf(ledger: LedgerUnderTest, commands: readonly Command[], options: Partial<WriteOptions>) {
  return ledger.inside((_, __, object) => object.write(encoded(...commands), { ...plainOptions, ...options }));
}

/** Has the rows of stored answers be as a build before `made` wrote them. */
async function forgetItems(ledger: LedgerUnderTest): Promise<void> {
  await ledger.inside((sql) => {
    for (let bucket = 0; bucket < idempotencyBuckets; bucket++) sql.exec(`UPDATE answer_${bucket} SET items = NULL WHERE body IS NOT NULL`);
  });
}

/** A client whose objects answer as those of a build before `made` and `page`. */
function clientOfBefore(ledger: LedgerUnderTest): LedgerClient {
  const id = env.LEDGER.idFromName(`ledger-under-test-${ledger.identity.number}`);
  // The object's methods are those of LedgerRpc; the stub's type wraps every answer.
  const rpc = env.LEDGER.get(id) as unknown as LedgerRpc;
  const without = <T extends object>({ made: _made, ...answer }: T & { readonly made?: unknown }) => answer as T;
  const before = {
    read: async (query: Parameters<LedgerRpc["read"]>[0]) => without(await rpc.read(query)),
    write: async (...given: Parameters<LedgerRpc["write"]>) => without(await rpc.write(...given)),
  } as LedgerRpc;
  return ledgerClient(ledger.identity.number, { stub: () => before, idOf: () => id.toString() }, async () => ledger.identity);
}

describe("what was made comes beside the text", () => {
  test.each([
    ["a posted entry, told again from its facts", [entry], { answer: "one" }, "posted"],
    ["a draft, stored as its bytes", [draft], { answer: "one" }, "draft"],
    [
      "entries, some refused",
      [entry, { ...entry, lines: lines.map((line) => ({ ...line, account: refByCode("nowhere") })) }],
      { answer: "many", mode: "each" },
      "posted",
    ],
    ["an account", [openAccount("bank", "bank")], { answer: "one" }, "active"],
  ] as const)("of %s, and of its replay", async (_, commands, options, state) => {
    const ledger = newLedger();
    await ledger.written(opening);
    const keyed = { ...options, idempotencyKey: "made" };
    const first = await answerOf(ledger, commands, keyed);
    if (first.outcome !== "written") throw new Error("it is written");
    expect(first.made).toEqual(madeIn(first.body));
    expect(first.made?.state).toBe(state);
    await ledger.evict();
    expect(await answerOf(ledger, commands, keyed)).toMatchObject({ outcome: "replayed", body: first.body, made: first.made });
  });

  test("of what existed, as it stood when that was answered, though it was reversed since", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const named = { ...entry, externalId: "po-1" };
    const { id } = await ledger.written([named]);
    const options = { idempotencyKey: "again" };
    const existing = { outcome: "existing", made: { id, state: "posted" } };
    expect(await answerOf(ledger, [named], options)).toMatchObject(existing);
    await ledger.written([{ kind: "reverse_entry", entryId: id, void: false, reason: "twice" }]);
    expect(await answerOf(ledger, [named], options)).toMatchObject({ ...existing, outcome: "replayed" });
    expect(await answerOf(ledger, [named], {})).toMatchObject({ outcome: "existing", made: { id, state: "reversed" } });
  });

  test("is null where nothing has an id and a status, and in the short answer", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const policy: Command = { kind: "set_approval_policy", policy: "none" };
    expect((await ledger.write([policy])).outcome).not.toBe("refused");
    expect(await answerOf(ledger, [entry], { answer: "minimal" })).toMatchObject({ outcome: "written", made: null });
  });

  test("is read from the text of an answer that a build before stored", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const options = { idempotencyKey: "before" };
    const first = await ledger.write([draft], options);
    if (first.outcome !== "written") throw new Error("it is written");
    await forgetItems(ledger);
    expect(await answerOf(ledger, [draft], options)).not.toHaveProperty("made");
    expect(await ledger.write([draft], options)).toEqual({ ...first, outcome: "replayed", originally: "written" });
    expect(first.made).toMatchObject({ state: "draft", version: 1 });
  });
});

test("an edge meets an object of the build before: it reads what it needs from the text", async () => {
  const ledger = newLedger();
  await ledger.written(opening);
  const { id } = await ledger.written([{ ...entry, description: 'ends like a page: ],"totalCount":1' }]);
  await ledger.written([draft]);
  const before = clientOfBefore(ledger);
  for (const query of [
    { kind: "entries", order: "sequence", direction: "asc", limit: 1 },
    { kind: "entries", order: "sequence", direction: "asc", limit: 9 },
    { kind: "balances", limit: 1 },
    { kind: "entries", reference: "nothing", order: "sequence", direction: "asc", limit: 9 },
  ] as const)
    expect(await before.readPage(query)).toEqual(await ledger.client.readPage(query));
  expect(await before.readResource({ kind: "entry", entryId: id })).toEqual(
    await ledger.client.readResource({ kind: "entry", entryId: id }),
  );
  const options = { ...plainOptions, dryRun: true };
  expect(await before.write([draft], options)).toMatchObject({ made: { state: "draft", version: 1 } });
});
