import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Command } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger } from "../support/ledger-under-test.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

/** An account with two below it, of which one has one below. */
async function tree() {
  const ledger = newLedger();
  const { data } = await ledger.written([
    openAccount("top", "bank"),
    openAccount("a", "bank", { parentCode: "top" }),
    openAccount("b", "bank", { parentCode: "top" }),
    openAccount("a1", "bank", { parentCode: "a" }),
  ]);
  const id = (code: string): string => data.find((account: { code: string }) => account.code === code).id;
  return { ledger, id };
}

async function codeOf(ledger: LedgerUnderTest, command: Command): Promise<string> {
  const outcome = await ledger.write([command]);
  return outcome.outcome === "refused" ? outcome.failure.code : outcome.outcome;
}

const counts = (ledger: LedgerUnderTest) => ledger.rows("SELECT code, children FROM account ORDER BY code");
const counted = [
  { code: "a", children: 1 },
  { code: "a1", children: 0 },
  { code: "b", children: 0 },
  { code: "top", children: 2 },
];

test("the number of accounts below each is written with the fact, and outlives a restart, a rebuild and a close-out", async () => {
  const { ledger, id } = await tree();
  expect(await counts(ledger)).toEqual(counted);
  await ledger.evict();
  expect(await codeOf(ledger, { kind: "delete_account", accountId: id("top") })).toBe("IN_USE");
  await ledger.inside((sql) => void sql.exec("DELETE FROM meta WHERE key = 'tables'"));
  await ledger.evict();
  expect(await counts(ledger)).toEqual(counted);
  await ledger.closeOut();
  expect(await counts(ledger)).toEqual(counted);
  expect(await codeOf(ledger, { kind: "delete_account", accountId: id("a") })).toBe("IN_USE");
  for (const code of ["a1", "a", "b", "top"]) expect(await codeOf(ledger, { kind: "delete_account", accountId: id(code) })).toBe("written");
});

test("an account is not moved to where what stands below it would be too deep, after a restart too, and the ledger finds that by an index", async () => {
  const { ledger, id } = await tree();
  const chain = Array.from({ length: 8 }, (_, i) => openAccount(`c${i + 1}`, "bank", i === 0 ? {} : { parentCode: `c${i}` }));
  const { data } = await ledger.written(chain);
  await ledger.evict();
  const moveUnder = (level: number) =>
    ({ kind: "change_account", accountId: id("top"), description: { parentId: data[level - 1].id } }) as const;
  expect(await codeOf(ledger, moveUnder(8))).toBe("ACCOUNT_PARENT_INVALID");
  expect(await codeOf(ledger, moveUnder(7))).toBe("written");
  const under = (code: string): Command => openAccount("late", "bank", { parentCode: code });
  expect(await codeOf(ledger, under("a1"))).toBe("ACCOUNT_PARENT_INVALID");
  expect(await codeOf(ledger, under("a"))).toBe("written");
  const plan = await ledger.rows(
    "EXPLAIN QUERY PLAN SELECT no FROM account WHERE children > 0 AND description ->> '$.parentId' IN (SELECT id FROM account WHERE no IN (SELECT value FROM json_each('[1]')))",
  );
  expect(JSON.stringify(plan)).toContain("USING INDEX account_parent");
  expect((await ledger.verify()).result).toMatchObject({ ok: true });
});

test("a ledger of a build that did not count is counted once, when it is next opened", async () => {
  const { ledger, id } = await tree();
  await ledger.inside((sql) => {
    sql.exec("DROP INDEX account_parent");
    sql.exec("ALTER TABLE account DROP COLUMN children");
    sql.exec("DELETE FROM schema_version WHERE version > 4");
  });
  await ledger.evict();
  expect(await counts(ledger)).toEqual(counted);
  expect(await codeOf(ledger, { kind: "change_account", accountId: id("top"), type: "expense" })).toBe("IN_USE");
  expect((await ledger.verify()).result).toMatchObject({ ok: true });
});

test.each([
  ["UPDATE account SET children = 7 WHERE code = 'a'", "account a is said to have 7 accounts below it, and has 1"],
  ["UPDATE account SET description = json_set(description, '$.parentId', NULL) WHERE code = 'a1'", "account a1 is said to stand elsewhere"],
])("a verification finds %s", async (change, fault) => {
  const { ledger } = await tree();
  await ledger.inside((sql) => void sql.exec(change));
  expect((await ledger.verify()).result?.faults.join()).toContain(fault);
});
