import { describe, expect, test } from "vitest";
import type { Failure, FailureCode } from "../../src/kernel/failures.ts";
import { encodeAddress } from "../../src/kernel/id.ts";
import { amountMax } from "../../src/kernel/money.ts";
import { type Command, type LineRequest, type PostEntry, refByCode } from "../../src/ledger/domain/command.ts";
import { described, openAccount } from "../support/ledger-steps.ts";
import { identity, type MemoryLedger, memoryLedger, owner, preparer } from "../support/memory-ledger.ts";

type Side = "debit" | "credit";
const line = (code: string, side: Side, amount: number, more: Partial<LineRequest> = {}): LineRequest => ({
  account: refByCode(code),
  side,
  amount,
  ...more,
});

function entry(lines: readonly LineRequest[], more: Partial<PostEntry> = {}): PostEntry {
  return { kind: "post_entry", date: "2026-06-08", lines, ...more };
}

const accountId = (ledger: MemoryLedger, code: string) => ledger.account(ledger.accountNumber(`c${code}`) ?? 0)?.id ?? "";
const entryId = (ledger: MemoryLedger, sequence: number) =>
  encodeAddress({ atMs: ledger.entry(sequence)?.atMs ?? 0, ledgerNumber: identity.number, kind: "entry", sequence });

/** Books in which every refusal of a posting can be met: a full account, an empty one that may not go below zero, an archived one, a closed January. */
function books(): MemoryLedger {
  const ledger = memoryLedger();
  const written = ledger.write([
    openAccount("cash", "bank"),
    openAccount("sales", "income"),
    openAccount("closed", "bank"),
    openAccount("tight", "bank", { minBalance: 0 }),
    openAccount("brim", "bank"),
    openAccount("equity", "equity"),
    entry([line("brim", "debit", amountMax), line("equity", "credit", amountMax)]),
    entry([line("cash", "debit", 7), line("sales", "credit", 7)], {
      externalId: "po-1",
      source: { type: "bill", id: "1", step: "accrue" },
    }),
    { kind: "lock_period", startDate: "2026-01-01", endDate: "2026-01-31", module: "all", level: "hard" },
  ]);
  expect(written.refused).toBeUndefined();
  expect(ledger.write([{ kind: "change_account", accountId: accountId(ledger, "closed"), status: "archived" }]).refused).toBeUndefined();
  return ledger;
}

function refusalOf(ledger: MemoryLedger, command: Command, actor = owner): Failure | undefined {
  return ledger.write([command], { actor }).refused;
}

/** What is wrong with a posting, in the order in which it is said. Each fault can be had by itself and together with all others. */
const faults: readonly { readonly code: FailureCode; readonly pointer: string; readonly add: (entry: PostEntry) => PostEntry }[] = [
  { code: "ACCOUNT_NOT_FOUND", pointer: "/lines/2/accountCode", add: withLines(line("nowhere", "debit", 1), line("sales", "credit", 1)) },
  {
    code: "REFERENCE_NOT_FOUND",
    pointer: "/replaces",
    add: (it) => ({ ...it, replaces: encodeAddress({ atMs: 1, ledgerNumber: identity.number, kind: "entry", sequence: 999 }) }),
  },
  { code: "ACCOUNT_CLOSED", pointer: "/lines/2", add: withLines(line("closed", "debit", 1), line("sales", "credit", 1)) },
  { code: "ENTRY_UNBALANCED", pointer: "/lines", add: withLines(line("cash", "debit", 1)) },
  { code: "EXTERNAL_ID_TAKEN", pointer: "/externalId", add: (it) => ({ ...it, externalId: "po-1" }) },
  { code: "SOURCE_CONFLICT", pointer: "/source", add: (it) => ({ ...it, source: { type: "bill", id: "1", step: "accrue" } }) },
  { code: "PERIOD_LOCKED", pointer: "/date", add: (it) => ({ ...it, date: "2026-01-31" }) },
  { code: "VERSION_STALE", pointer: "/lines/0/conditions/expectedVersion", add: withCondition({ expectedVersion: 99 }) },
  { code: "CONDITION_FAILED", pointer: "/lines/0/conditions/minPosted", add: withCondition({ minPosted: 1_000_000 }) },
  { code: "BALANCE_LIMIT", pointer: "/lines/2/amount", add: withLines(line("tight", "credit", 1), line("cash", "debit", 1)) },
  { code: "BALANCE_OVERFLOW", pointer: "/lines/2/amount", add: withLines(line("brim", "debit", 1), line("sales", "credit", 1)) },
];

function withLines(...more: LineRequest[]) {
  return (it: PostEntry): PostEntry => ({ ...it, lines: [...it.lines, ...more] });
}

function withCondition(condition: LineRequest["conditions"]) {
  return (it: PostEntry): PostEntry => {
    const [first, ...rest] = it.lines;
    return first === undefined ? it : { ...it, lines: [{ ...first, conditions: { ...first.conditions, ...condition } }, ...rest] };
  };
}

const sound = entry([line("cash", "debit", 5), line("sales", "credit", 5)]);

describe("the refusals of a posting", () => {
  test("come in the order of the catalogue, whichever of them a posting meets at once", () => {
    const ledger = books();
    expect(ledger.write([sound], { dryRun: true }).refused).toBeUndefined();
    for (let set = 1; set < 2 ** faults.length; set++) {
      const present = faults.filter((_, i) => set & (1 << i));
      const asked = present.reduce((it, fault) => fault.add(it), sound);
      const answered = ledger.write([asked], { dryRun: true }).refused?.code;
      expect(answered, present.map((fault) => fault.code).join(" + ")).toBe(present[0]?.code);
    }
  });

  test.each(faults)("$code names $pointer", ({ code, pointer, add }) => {
    expect(refusalOf(books(), add(sound))).toMatchObject({ code, details: [{ pointer, code }] });
  });

  test.each([
    ["ACCOUNT_CLOSED", "before", "ALREADY_REVERSED"],
    ["ALREADY_REVERSED", "before", "PERIOD_LOCKED"],
    ["IS_REVERSAL", "before", "PERIOD_LOCKED"],
    ["PERIOD_LOCKED", "before", "BALANCE_LIMIT"],
    ["BALANCE_LIMIT", "before", "BALANCE_OVERFLOW"],
  ] as const)("of a reversal: %s comes %s %s", (first, _, second) => {
    expect(refusalOf(...reversal(second))?.code).toBe(second);
    expect(refusalOf(...reversal(first, second))?.code).toBe(first);
  });
});

/** A reversal that meets the faults named. */
function reversal(...met: readonly FailureCode[]): [MemoryLedger, Command] {
  const ledger = memoryLedger();
  ledger.write([openAccount("cash", "bank"), openAccount("brim", "bank"), openAccount("sales", "income"), openAccount("equity", "equity")]);
  // Reversing takes cash down by 5 and brim up by 5.
  ledger.write([entry([line("cash", "debit", 5), line("brim", "credit", 5)])]);
  const original = entryId(ledger, ledger.sequence);
  let target = original;
  if (met.includes("ALREADY_REVERSED") || met.includes("IS_REVERSAL")) {
    ledger.write([{ kind: "reverse_entry", entryId: original, void: false, reason: "a mistake" }]);
    if (met.includes("IS_REVERSAL")) target = entryId(ledger, ledger.sequence);
  }
  if (met.includes("BALANCE_OVERFLOW"))
    ledger.write([
      entry([line("brim", "debit", amountMax), line("equity", "credit", amountMax)]),
      entry([line("brim", "debit", 5), line("sales", "credit", 5)]),
    ]);
  if (met.includes("BALANCE_LIMIT"))
    ledger.write([
      {
        kind: "change_account",
        accountId: accountId(ledger, "cash"),
        minBalance: ledger.account(ledger.accountNumber("ccash") ?? 0)?.balance ?? 0,
      },
    ]);
  if (met.includes("PERIOD_LOCKED"))
    ledger.write([{ kind: "lock_period", startDate: "2026-06-01", endDate: "2026-06-30", module: "journal", level: "hard" }]);
  if (met.includes("ACCOUNT_CLOSED")) ledger.write([{ kind: "change_account", accountId: accountId(ledger, "cash"), status: "archived" }]);
  return [ledger, { kind: "reverse_entry", entryId: target, void: true, reason: "a mistake" }];
}

describe("an entry that comes again under its externalId or source", () => {
  const again = entry([line("cash", "debit", 7), line("sales", "credit", 7)], {
    externalId: "po-1",
    source: { type: "bill", id: "1", step: "accrue" },
  });

  test("answers the entry that there is, even when its account was archived and its period locked since", () => {
    const ledger = books();
    const posted = ledger.entryByExternalId("po-1")?.sequence ?? 0;
    ledger.write([
      { kind: "change_account", accountId: accountId(ledger, "cash"), status: "archived" },
      { kind: "lock_period", startDate: "1900-01-01", endDate: "9999-12-31", module: "all", level: "hard" },
    ]);
    const before = ledger.snapshot();
    expect(ledger.write([again])).toEqual({ items: [{ existing: posted }], refused: undefined });
    expect(ledger.snapshot()).toBe(before);
  });

  const others: readonly [string, PostEntry][] = [
    ["another date", { ...again, date: "2026-06-09" }],
    ["a description", { ...again, description: "Sale" }],
    ["a reference", { ...again, reference: "7" }],
    ["metadata", { ...again, metadata: { a: "1" } }],
    ["another source", { ...again, source: { type: "bill", id: "2", step: "accrue" } }],
    ["no source", entry(again.lines, { externalId: "po-1" })],
    ["another module", { ...again, module: "banking" }],
    ["another amount", { ...again, lines: [line("cash", "debit", 8), line("sales", "credit", 8)] }],
    ["the sides turned", { ...again, lines: [line("cash", "credit", 7), line("sales", "debit", 7)] }],
    ["the lines turned", { ...again, lines: [...again.lines].reverse() }],
    ["a memo", { ...again, lines: [line("cash", "debit", 7, { memo: "x" }), line("sales", "credit", 7)] }],
    ["a tag", { ...again, lines: [line("cash", "debit", 7, { tags: ["x"] }), line("sales", "credit", 7)] }],
  ];
  test.each(others)("is another one with %s", (_, other) => {
    expect(refusalOf(books(), other)?.code).toBe("EXTERNAL_ID_TAKEN");
  });

  test("is a conflict where only the source is the same", () => {
    expect(refusalOf(books(), { ...again, externalId: "po-2" })?.code).toBe("SOURCE_CONFLICT");
  });
});

describe("a balance's bounds", () => {
  test.each([
    // account type, bounds, debit positive amount, refused bound
    ["bank", { minBalance: 0 }, 5, undefined],
    ["bank", { minBalance: 0 }, -1, "minBalance"],
    ["bank", { maxBalance: 4 }, 5, "maxBalance"],
    ["bank", { maxBalance: 5 }, 5, undefined],
    ["accounts_payable", { minBalance: 0 }, 5, "minBalance"],
    ["accounts_payable", { minBalance: 0 }, -5, undefined],
    ["accounts_payable", { maxBalance: 4 }, -5, "maxBalance"],
    ["accounts_payable", { minBalance: -5 }, 5, undefined],
  ] as const)("%s with %j, moved by %i: refused by %s", (type, bounds, amount, limit) => {
    const ledger = memoryLedger();
    ledger.write([openAccount("it", type, bounds), openAccount("other", "equity")]);
    const lines = [
      line("it", amount > 0 ? "debit" : "credit", Math.abs(amount)),
      line("other", amount > 0 ? "credit" : "debit", Math.abs(amount)),
    ];
    const refused = refusalOf(ledger, entry(lines));
    expect(refused?.code).toBe(limit === undefined ? undefined : "BALANCE_LIMIT");
    if (limit) expect(refused?.details).toMatchObject([{ limit, accountId: accountId(ledger, "it") }]);
  });

  test("are held after the whole entry, not in its middle", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("it", "bank", { minBalance: 0 }), openAccount("other", "equity")]);
    expect(refusalOf(ledger, entry([line("it", "credit", 5), line("it", "debit", 5)]))).toBeUndefined();
  });

  test.each([
    ["minBalance", 8, "BALANCE_LIMIT"],
    ["minBalance", 7, undefined],
    ["maxBalance", 6, "BALANCE_LIMIT"],
    ["maxBalance", 7, undefined],
    ["minBalance", null, undefined],
  ] as const)("set to %s %s where the balance is 7: %s", (name, bound, code) => {
    const ledger = books();
    expect(refusalOf(ledger, { kind: "change_account", accountId: accountId(ledger, "cash"), [name]: bound })?.code).toBe(code);
  });
});

test.each([
  ["one line", [line("cash", "debit", 5)]],
  ["no lines", []],
  ["an amount of nothing", [line("cash", "debit", 0), line("sales", "credit", 0)]],
  ["an amount below nothing", [line("cash", "debit", -5), line("sales", "credit", -5)]],
  ["half a cent", [line("cash", "debit", 0.5), line("sales", "credit", 0.5)]],
  ["an amount past 2^53 − 1", [line("cash", "debit", amountMax + 1), line("sales", "credit", amountMax + 1)]],
  ["no number", [line("cash", "debit", Number.NaN), line("sales", "credit", Number.NaN)]],
] as const)("an entry of %s that got past the edge is a bug, and is thrown", (_, lines) => {
  const ledger = books();
  const before = ledger.snapshot();
  expect(() => ledger.write([entry(lines)])).toThrow("assertion failed");
  expect(ledger.snapshot()).toBe(before);
});

describe("accounts", () => {
  test.each([
    ["a code that is taken", openAccount("cash", "bank"), "CODE_TAKEN"],
    ["a role that is taken", openAccount("new", "bank", { description: described("New", { role: "cash" }) }), "CODE_TAKEN"],
    ["an externalId that is taken", openAccount("new", "bank", { externalId: "ext" }), "EXTERNAL_ID_TAKEN"],
    ["an unknown parent", openAccount("new", "bank", { parentCode: "nowhere" }), "REFERENCE_NOT_FOUND"],
    ["a parent of another type", openAccount("new", "income", { parentCode: "cash" }), "ACCOUNT_PARENT_INVALID"],
    ["bounds that shut out zero", openAccount("new", "bank", { minBalance: 1 }), "BALANCE_LIMIT"],
    ["bounds that cross", openAccount("new", "bank", { minBalance: 1, maxBalance: -1 }), "BALANCE_LIMIT"],
    ["nothing wrong", openAccount("new", "bank", { parentCode: "cash" }), undefined],
  ] as const)("opening with %s: %3$s", (_, command, code) => {
    const ledger = memoryLedger();
    ledger.write([openAccount("cash", "bank", { externalId: "ext", description: described("Cash", { role: "cash" }) })]);
    expect(refusalOf(ledger, command)?.code).toBe(code);
  });

  test("free their code and external id when they are deleted, and cannot be deleted once a line names them", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("a", "bank", { externalId: "ext" }), openAccount("b", "bank"), openAccount("c", "equity")]);
    const first = accountId(ledger, "a");
    expect(refusalOf(ledger, { kind: "delete_account", accountId: first })).toBeUndefined();
    expect(refusalOf(ledger, openAccount("a", "income", { externalId: "ext" }))).toBeUndefined();
    expect(accountId(ledger, "a")).not.toBe(first);
    expect(refusalOf(ledger, { kind: "delete_account", accountId: first })?.code).toBe("NOT_FOUND");
    ledger.write([entry([line("b", "debit", 1), line("c", "credit", 1)])]);
    expect(refusalOf(ledger, { kind: "delete_account", accountId: accountId(ledger, "b") })?.code).toBe("IN_USE");
    expect(refusalOf(ledger, { kind: "change_account", accountId: accountId(ledger, "b"), type: "expense" })?.code).toBe(
      "ACCOUNT_TYPE_FIXED",
    );
  });

  test("that stand above others are not deleted and keep their type, until none stands below them", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("top", "bank"), openAccount("other", "bank"), openAccount("below", "bank", { parentCode: "top" })]);
    const id = (code: string) => accountId(ledger, code);
    const children = (code: string) => ledger.account(ledger.accountNumber(`c${code}`) ?? 0)?.children;
    const moveTo = (parent: string | null): Command => ({
      kind: "change_account",
      accountId: id("below"),
      description: { parentId: parent === null ? null : id(parent) },
    });
    const retype: Command = { kind: "change_account", accountId: id("top"), type: "expense" };
    expect(children("top")).toBe(1);
    expect(refusalOf(ledger, { kind: "delete_account", accountId: id("top") })?.code).toBe("IN_USE");
    expect(refusalOf(ledger, retype)?.code).toBe("IN_USE");
    expect(refusalOf(ledger, moveTo("other"))).toBeUndefined();
    expect([children("top"), children("other")]).toEqual([0, 1]);
    expect(refusalOf(ledger, { kind: "delete_account", accountId: id("other") })?.code).toBe("IN_USE");
    expect(refusalOf(ledger, moveTo("top"))).toBeUndefined();
    expect(refusalOf(ledger, { kind: "delete_account", accountId: id("below") })).toBeUndefined();
    expect(children("top")).toBe(0);
    expect(refusalOf(ledger, retype)).toBeUndefined();
    expect(refusalOf(ledger, { kind: "delete_account", accountId: id("top") })).toBeUndefined();
    expect(refusalOf(ledger, openAccount("late", "expense", { parentCode: "top" }))?.code).toBe("REFERENCE_NOT_FOUND");
  });

  describe("stand at most 10 levels deep", () => {
    /** Accounts `a1`, `a2` and so on, each below the one before it. */
    const chain = (name: string, levels: number): Command[] =>
      Array.from({ length: levels }, (_, i) => openAccount(`${name}${i + 1}`, "bank", i === 0 ? {} : { parentCode: `${name}${i}` }));
    const move = (ledger: MemoryLedger, code: string, parent: string): Command => ({
      kind: "change_account",
      accountId: accountId(ledger, code),
      description: { parentId: accountId(ledger, parent) },
    });

    test.each([
      ["a6", 4, undefined],
      ["a6", 5, "ACCOUNT_PARENT_INVALID"],
      ["a9", 1, undefined],
      ["a9", 2, "ACCOUNT_PARENT_INVALID"],
      ["a10", 1, "ACCOUNT_PARENT_INVALID"],
    ] as const)("with all that moves along: under %s goes a tree of %i levels: %s", (parent, levels, code) => {
      const ledger = memoryLedger();
      ledger.write([...chain("a", 10), ...chain("b", levels)]);
      expect(refusalOf(ledger, move(ledger, "b1", parent))?.code).toBe(code);
    });

    test("whatever the same write does before: a level that is opened counts, and one that is moved away does not", () => {
      const ledger = memoryLedger();
      ledger.write([...chain("a", 8), ...chain("b", 2), ...chain("c", 1)]);
      const under = (parentId: string) => openAccount("late", "bank", { description: described("Late", { parentId }) });
      const b2 = accountId(ledger, "b2");
      expect(ledger.write([under(b2), move(ledger, "b1", "a8")]).refused?.code).toBe("ACCOUNT_PARENT_INVALID");
      expect(ledger.write([under(b2), move(ledger, "b2", "c1"), move(ledger, "b1", "a8")]).refused).toBeUndefined();
      expect(ledger.write([move(ledger, "c1", "a8")]).refused?.code).toBe("ACCOUNT_PARENT_INVALID");
    });
  });

  test("see in one write what came before: a parent goes after its last child, and not before", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("top", "bank"), openAccount("below", "bank", { parentCode: "top" })]);
    const remove = (code: string): Command => ({ kind: "delete_account", accountId: accountId(ledger, code) });
    expect(ledger.write([remove("top"), remove("below")]).refused?.code).toBe("IN_USE");
    expect(ledger.write([remove("below"), remove("top")]).refused).toBeUndefined();
  });

  test("are not changed past the revision that the caller saw", () => {
    const ledger = books();
    const change = { kind: "change_account", accountId: accountId(ledger, "cash"), code: "cash-2" } as const;
    expect(refusalOf(ledger, { ...change, expectedRevision: 1 })?.code).toBe("PRECONDITION_FAILED");
    const revision = ledger.account(ledger.accountNumber("ccash") ?? 0)?.revision ?? 0;
    expect(refusalOf(ledger, { ...change, expectedRevision: revision })).toBeUndefined();
  });

  test("never stand below themselves, nor more than ten deep", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("1", "bank")]);
    for (let depth = 2; depth <= 10; depth++) {
      expect(refusalOf(ledger, openAccount(String(depth), "bank", { parentCode: String(depth - 1) }))).toBeUndefined();
    }
    expect(refusalOf(ledger, openAccount("11", "bank", { parentCode: "10" }))?.code).toBe("ACCOUNT_PARENT_INVALID");
    const below = { kind: "change_account", accountId: accountId(ledger, "1"), description: { parentId: accountId(ledger, "3") } } as const;
    expect(refusalOf(ledger, below)?.code).toBe("ACCOUNT_PARENT_INVALID");
  });
});

describe("a hard lock", () => {
  test.each([
    ["open", owner, undefined, "LOCK_NOT_LIFTED"],
    ["open", preparer, "audit", "LOCK_NOT_LIFTED"],
    ["soft", owner, undefined, "LOCK_NOT_LIFTED"],
    ["open", owner, "audit", undefined],
    ["hard", preparer, undefined, undefined],
  ] as const)("set to %s by %o with the reason %s: %s", (level, actor, reason, code) => {
    const change = { kind: "lock_period", startDate: "2026-01-15", endDate: "2026-02-15", module: "all", level } as const;
    expect(refusalOf(books(), reason === undefined ? change : { ...change, reason }, actor)?.code).toBe(code);
  });
});
