import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountMax } from "../../src/kernel/money.ts";
import { creditsOf, debitsOf, pendingIn, pendingOut, turnoverOf } from "../../src/ledger/domain/account.ts";
import type { Command, PostEntry } from "../../src/ledger/domain/command.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { decodeFact } from "../../src/ledger/domain/fact-text.ts";
import { booksOracle } from "../support/books-oracle.ts";
import { actors, anyStep, anyWrite, commandOf, dates, openAccount, startingAccounts, type WriteStep } from "../support/ledger-steps.ts";
import { foldLog, type MemoryLedger, memoryLedger, type Written } from "../support/memory-ledger.ts";
import { type Paper, paper } from "../support/paper.ts";
import { seeded } from "../support/seed.ts";
import { standingOf } from "../support/standing.ts";

const runs = 150;
const history = fc.array(anyWrite, { minLength: 1, maxLength: 30, size: "max" });

function openedLedger(): MemoryLedger {
  const ledger = memoryLedger();
  expect(ledger.write(startingAccounts).refused).toBeUndefined();
  return ledger;
}

function lastMs(ledger: MemoryLedger): number {
  return ledger.log.at(-1)?.atMs ?? 0;
}

function commandsOf(write: WriteStep, ledger: MemoryLedger): Command[] {
  const standing = standingOf(ledger, lastMs(ledger) + write.laterMs);
  return write.steps.flatMap((step) => commandOf(step, standing) ?? []);
}

/** Carries a history out, and shows each write with the ledger before and after it. */
function carryOut(
  writes: readonly WriteStep[],
  see: (
    ledger: MemoryLedger,
    made: {
      readonly write: WriteStep;
      readonly commands: readonly Command[];
      readonly before: string;
      readonly written: Written;
      readonly kept: Paper;
    },
  ) => void,
): MemoryLedger {
  const ledger = openedLedger();
  const kept = paper();
  for (const write of writes) {
    const commands = commandsOf(write, ledger);
    const atMs = lastMs(ledger) + write.laterMs;
    const sequence = ledger.sequence;
    // What is over by now is noted whatever becomes of the write.
    ledger.expire(atMs);
    const before = ledger.snapshot();
    const written = ledger.write(commands, { mode: write.mode, dryRun: write.dryRun, actor: actors[write.as], atMs });
    kept.note(ledger, commands, write.dryRun ? [] : written.items, sequence);
    see(ledger, { write, commands, before, written, kept });
  }
  return ledger;
}

describe("whatever is written to a ledger", () => {
  test("1: the debits of all accounts equal their credits after every write", () => {
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger) => {
          let debits = 0n;
          let credits = 0n;
          for (const account of ledger.accounts()) {
            debits += debitsOf(account);
            credits += creditsOf(account);
          }
          expect(debits).toBe(credits);
        });
      }),
      seeded(runs),
    );
  });

  test("2: the state is the fold of the log's stored texts, and nothing else", () => {
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, () => {});
        expect(foldLog(ledger.log).snapshot()).toBe(ledger.snapshot());
      }),
      seeded(runs),
    );
  });

  test("1: what open holds keep balances too, and is what was asked of them", () => {
    let held = 0;
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger, { kept }) => {
          let debits = 0;
          let credits = 0;
          for (const account of ledger.accounts()) {
            const { pendingDebits, pendingCredits } = account;
            debits += pendingDebits;
            credits += pendingCredits;
            const open = kept.pending(account.id, ledger.sequence);
            expect([BigInt(pendingDebits), BigInt(pendingCredits)]).toEqual([open.debits, open.credits]);
            if (pendingDebits > 0) held += 1;
          }
          if (Number.isSafeInteger(debits)) expect(debits).toBe(credits);
        });
      }),
      seeded(runs),
    );
    expect(held).toBeGreaterThan(100);
  });

  test("3: no account is ever past its limits, whatever becomes of its open holds", () => {
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger) => {
          for (const account of ledger.accounts()) {
            const least = account.balance - pendingOut(account.type, account);
            const most = account.balance + pendingIn(account.type, account);
            expect(least).toBeGreaterThanOrEqual(account.minBalance ?? -amountMax);
            expect(most).toBeLessThanOrEqual(account.maxBalance ?? amountMax);
          }
        });
      }),
      seeded(runs),
    );
  });

  test("4 5: a hold has one outcome, what it settles is what it kept or less, and none is open past its end", () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, (now) => {
          for (const hold of now.holds())
            if (hold.status === "open") expect(hold.fact.expiresAtMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(lastMs(now));
        });
        const resolutions = new Map<number, number>();
        ledger.log.forEach(({ body }) => {
          const fact = decodeFact(body);
          const resolved =
            fact.kind === "holds_expired"
              ? fact.holds
              : fact.kind === "hold_released" || (fact.kind === "entry_posted" && fact.hold !== null)
                ? [fact.hold ?? 0]
                : [];
          for (const no of resolved) resolutions.set(no, (resolutions.get(no) ?? 0) + 1);
        });
        for (const hold of ledger.holds()) {
          expect(resolutions.get(hold.no) ?? 0).toBe(hold.status === "open" ? 0 : 1);
          outcomes.set(hold.status, (outcomes.get(hold.status) ?? 0) + 1);
          const entry = hold.status === "settled" ? ledger.entry(hold.resolved ?? 0) : undefined;
          for (const line of entry?.fact.lines ?? []) {
            const most = hold.fact.lines.filter(({ account, amount }) => account === line.account && amount * line.amount > 0);
            expect(most.some(({ amount }) => Math.abs(amount) >= Math.abs(line.amount))).toBe(true);
          }
        }
      }),
      seeded(runs),
    );
    for (const status of ["open", "settled", "released", "expired"]) expect(outcomes.get(status) ?? 0, status).toBeGreaterThan(5);
  });

  test("a hold of a group is settled whatever has happened since it was placed", () => {
    let settled = 0;
    fc.assert(
      fc.property(history, history, (writes, later) => {
        const ledger = carryOut([...writes, ...later], () => {});
        for (const hold of ledger.holds()) {
          if (hold.status !== "open" || hold.fact.groupId === null) continue;
          for (const actor of [actors.preparer, actors.approver]) {
            const { groupId } = hold.fact;
            const tried = ledger.write([{ kind: "end_group", groupId, outcome: "settle", holdIds: [hold.id] }], { actor, dryRun: true });
            expect(tried.refused).toBeUndefined();
            expect(tried.items.flatMap((item) => ("facts" in item ? item.facts : []))).toContainEqual(
              expect.objectContaining({ kind: "entry_posted", hold: hold.no }),
            );
            settled += 1;
          }
        }
      }),
      seeded(runs),
    );
    expect(settled).toBeGreaterThan(30);
  });

  test("an entry that was a draft was handed in or posted by somebody who might, and approved by somebody else where it had to be", () => {
    let approvals = 0;
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger, { write, commands, written, before }) => {
          const { policy, drafts } = JSON.parse(before) as {
            policy: string;
            drafts: { id: string; preparers: { id: string; kind: string }[] }[];
          };
          const actor = actors[write.as];
          // One by one: a policy that changes within a write has its say from there on.
          if (commands.some(({ kind }) => kind === "set_approval_policy")) return;
          written.items.forEach((item, i) => {
            const command = commands[i];
            if (!("facts" in item) || item.facts[0]?.kind !== "entry_posted" || command === undefined) return;
            if (command.kind !== "approve_entry") expect(actor.kind).not.toBe("agent");
            if (command.kind === "settle_hold" && ledger.hold(item.facts[0].hold ?? 0)?.fact.groupId !== null) return;
            if (command.kind === "post_draft" && actor.kind !== "person") {
              const { preparers = [] } = drafts.find(({ id }) => id === command.entryId) ?? {};
              expect(preparers.map(({ kind }) => kind)).not.toContain("agent");
            }
            if (command.kind !== "approve_entry") {
              expect(policy === "none" || (policy === "required" && write.as !== "preparer")).toBe(true);
              return;
            }
            approvals += 1;
            expect(["owner", "approver"]).toContain(write.as);
            const preparers = drafts.find(({ id }) => id === command.entryId)?.preparers ?? [];
            if (policy === "four_eyes") expect(preparers.map(({ id }) => id)).not.toContain(actor.id);
            if (preparers.some(({ kind }) => kind === "agent")) expect(actor.kind).toBe("person");
          });
        });
      }),
      seeded(runs),
    );
    expect(approvals).toBeGreaterThan(20);
  });

  test("whatever an agent had a part in is posted or approved by a person alone, whatever the policy", () => {
    const forWantOfOne = { post_draft: 0, approve_entry: 0 };
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, () => {});
        for (const { id, status, version, preparers } of ledger.drafts()) {
          if (!preparers.some(({ kind }) => kind === "agent") || (status !== "draft" && status !== "pending_approval")) continue;
          const command = { kind: status === "draft" ? "post_draft" : "approve_entry", entryId: id, expectedVersion: version } as const;
          for (const policy of ["none", "required", "four_eyes"] as const) {
            ledger.write([{ kind: "set_approval_policy", policy }]);
            for (const actor of [actors.approver, actors.preparer, actors.agent]) {
              const { refused } = ledger.write([command], { actor, dryRun: true });
              expect(refused, `${command.kind} by ${actor.id}`).toBeDefined();
              if (refused?.code === "PERSON_REQUIRED") forWantOfOne[command.kind] += 1;
            }
          }
        }
      }),
      seeded(runs),
    );
    expect(forWantOfOne.post_draft).toBeGreaterThan(30);
    expect(forWantOfOne.approve_entry).toBeGreaterThan(30);
  });

  test("6: an atomic write is its commands one after another, all of them or none, and later ones see earlier ones", () => {
    fc.assert(
      fc.property(history, fc.array(anyStep, { minLength: 1, maxLength: 8 }), (writes, steps) => {
        const together = carryOut(writes, () => {});
        const alone = foldLog(together.log);
        const standing = standingOf(together, lastMs(together));
        const commands = steps.flatMap((step) => commandOf(step, standing) ?? []);
        const before = together.snapshot();
        const { refused } = together.write(commands);
        let firstRefusal: unknown;
        for (const command of commands) {
          firstRefusal = alone.write([command]).refused;
          if (firstRefusal !== undefined) break;
        }
        expect(refused).toEqual(firstRefusal);
        expect(together.snapshot()).toBe(refused === undefined ? alone.snapshot() : before);
      }),
      seeded(runs),
    );
  });

  test("6: a write of mode each is its commands one after another, without those that are refused", () => {
    fc.assert(
      fc.property(history, fc.array(anyStep, { minLength: 1, maxLength: 8 }), (writes, steps) => {
        const together = carryOut(writes, () => {});
        const alone = foldLog(together.log);
        const standing = standingOf(together, lastMs(together));
        const commands = steps.flatMap((step) => commandOf(step, standing) ?? []);
        const { items } = together.write(commands, { mode: "each" });
        const one = commands.map((command) => alone.write([command], { mode: "each" }).items[0]);
        expect(items).toEqual(one);
        expect(together.snapshot()).toBe(alone.snapshot());
      }),
      seeded(runs),
    );
  });

  test("7: a refusal leaves the state as it was", () => {
    let refusals = 0;
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger, { written, before }) => {
          if (written.refused === undefined) return;
          refusals += 1;
          expect(ledger.snapshot()).toBe(before);
        });
      }),
      seeded(runs),
    );
    expect(refusals).toBeGreaterThan(20);
  });

  test("9: an account's version counts its changes, one by one: lines posted, and lines of holds placed and resolved", () => {
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, () => {});
        const versions = new Map<number, number>();
        const change = (account: number) => {
          versions.set(account, (versions.get(account) ?? 0) + 1);
          return versions.get(account);
        };
        const resolve = (no: number) => {
          for (const line of ledger.hold(no)?.fact.lines ?? []) change(line.account);
        };
        for (const { body } of ledger.log) {
          const fact = decodeFact(body);
          if (fact.kind === "holds_expired") fact.holds.forEach(resolve);
          else if (fact.kind === "hold_released") resolve(fact.hold);
          else if (fact.kind === "hold_placed" || fact.kind === "entry_posted") {
            if (fact.kind === "entry_posted" && fact.hold !== null) resolve(fact.hold);
            for (const line of fact.lines) expect(line.version).toBe(change(line.account));
          }
        }
        for (const account of ledger.accounts()) expect(account.version).toBe(versions.get(account.no) ?? 0);
      }),
      seeded(runs),
    );
  });

  test("10: sequences are given without a gap, and what an answer names is where the log has it", () => {
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, (now, { write, before, written }) => {
          let next: number = JSON.parse(before).sequence + 1;
          for (const item of written.items) {
            if (!("facts" in item)) continue;
            expect(item.first).toBe(next);
            if (!write.dryRun) {
              const told = now.log.slice(item.first - 1, item.first - 1 + item.facts.length).map(({ body }) => decodeFact(body));
              expect(told).toEqual(item.facts);
            }
            next += item.facts.length;
          }
        });
        expect(ledger.sequence).toBe(ledger.log.length);
      }),
      seeded(runs),
    );
  });

  test("11: every balance is the sum of the lines that were asked for, in the order in which they were acknowledged", () => {
    let drafted = 0;
    fc.assert(
      fc.property(history, (writes) => {
        let books = booksOracle();
        const ledger = carryOut(writes, (_, { kept }) => {
          books = kept.books;
        });
        for (const account of ledger.accounts()) {
          expect(BigInt(account.balance)).toBe(books.balance(account.id, account.type));
          expect({ debits: debitsOf(account), credits: creditsOf(account) }).toEqual(books.turnover(account.id));
        }
        for (const { sequence, fact } of ledger.entries()) {
          if (fact.draftId !== null) drafted += 1;
          const last = new Map(fact.lines.map((line) => [line.account, line.balanceAfter]));
          for (const [no, balanceAfter] of last) {
            const account = ledger.account(no);
            if (account === undefined) throw new Error("a line names an account that exists");
            expect(BigInt(balanceAfter)).toBe(books.balance(account.id, account.type, { knownAt: sequence }));
          }
        }
      }),
      seeded(runs),
    );
    expect(drafted).toBeGreaterThan(20);
  });

  test("12: what is posted later, to whatever date, changes no balance asked for as known before", () => {
    fc.assert(
      fc.property(history, history, fc.constantFrom(...dates), (earlier, later, asOf) => {
        const ledger = carryOut(earlier, () => {});
        const knownAt = ledger.sequence;
        const answers = balancesOf(ledger, asOf, knownAt);
        for (const write of later) ledger.write(commandsOf(write, ledger), { mode: write.mode });
        expect(balancesOf(ledger, asOf, knownAt)).toEqual(answers);
      }),
      seeded(50),
    );
  });

  test("13: an entry and its reversal come to nothing on every account", () => {
    let reversals = 0;
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, () => {});
        for (const { fact } of ledger.entries()) {
          if (fact.reversalOf === null) continue;
          reversals += 1;
          const original = ledger.entry(fact.reversalOf);
          const sums = new Map<number, bigint>();
          for (const line of [...fact.lines, ...(original?.fact.lines ?? [])])
            sums.set(line.account, (sums.get(line.account) ?? 0n) + BigInt(line.amount));
          expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
          expect(ledger.entries().filter((entry) => entry.fact.reversalOf === fact.reversalOf)).toHaveLength(1);
          expect(original?.fact.reversalOf).toBeNull();
        }
      }),
      seeded(runs),
    );
    expect(reversals).toBeGreaterThan(5);
  });

  test("14: a dry run answers what the write then answers, and writes nothing", () => {
    fc.assert(
      fc.property(history, anyWrite, (writes, last) => {
        const ledger = carryOut(writes, () => {});
        const commands = commandsOf(last, ledger);
        const before = ledger.snapshot();
        const tried = ledger.write(commands, { mode: last.mode, dryRun: true });
        expect(ledger.snapshot()).toBe(before);
        expect(ledger.write(commands, { mode: last.mode })).toEqual(tried);
      }),
      seeded(runs),
    );
  });
});

function balancesOf(ledger: MemoryLedger, asOf: string, knownAt: number) {
  const oracle = booksOracle();
  for (const { sequence, fact } of ledger.entries())
    for (const [i, line] of fact.lines.entries())
      oracle.add({ sequence, no: i + 1, date: fact.date, accountId: String(line.account), amount: line.amount });
  return ledger
    .accounts()
    .filter((account) => account.no <= knownAt)
    .map((account) => [account.no, oracle.turnover(String(account.no), { asOf, knownAt })]);
}

describe("17: amounts up to 2^53 − 1", () => {
  const entry = (lines: PostEntry["lines"]): PostEntry => ({ kind: "post_entry", date: "2026-06-08", lines });
  const line = (code: string, side: "debit" | "credit", amount: number) => ({ account: refByCode(code), side, amount });

  test("come back exactly, and turnover past them stays exact", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: amountMax - 1_000, max: amountMax }), { minLength: 1, maxLength: 40 }), (amounts) => {
        const ledger = memoryLedger();
        ledger.write([openAccount("1", "bank"), openAccount("2", "equity")]);
        let turnover = 0n;
        for (const amount of amounts) {
          expect(ledger.write([entry([line("1", "debit", amount), line("2", "credit", amount)])]).refused).toBeUndefined();
          expect(ledger.write([entry([line("2", "debit", amount), line("1", "credit", amount)])]).refused).toBeUndefined();
          turnover += BigInt(amount);
        }
        const [bank, equity] = foldLog(ledger.log).accounts();
        expect(bank).toMatchObject({ balance: 0, ...turnoverOf(turnover, turnover), version: amounts.length * 2 });
        expect(equity).toMatchObject({ balance: 0, ...turnoverOf(turnover, turnover) });
      }),
      seeded(40),
    );
  });

  test("an entry of 200 such lines balances only if it does to the last unit", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("1", "bank"), openAccount("2", "equity")]);
    const lines = Array.from({ length: 100 }, () => [line("1", "debit", amountMax), line("1", "credit", amountMax)]).flat();
    expect(ledger.write([entry(lines)]).refused).toBeUndefined();
    const short = [line("1", "debit", amountMax - 1), ...lines.slice(1)];
    expect(ledger.write([entry(short)]).refused).toMatchObject({
      code: "ENTRY_UNBALANCED",
      details: [{ debits: String(100n * BigInt(amountMax) - 1n), credits: String(100n * BigInt(amountMax)) }],
    });
  });

  test("a balance is refused beyond them, on either side, and turnover before it leaves 64 bits", () => {
    const ledger = memoryLedger();
    ledger.write([openAccount("1", "bank"), openAccount("2", "equity")]);
    expect(ledger.write([entry([line("1", "debit", amountMax), line("2", "credit", amountMax)])]).refused).toBeUndefined();
    expect(ledger.write([entry([line("1", "debit", 1), line("2", "credit", 1)])]).refused?.code).toBe("BALANCE_OVERFLOW");
    expect(ledger.write([entry([line("2", "debit", amountMax), line("1", "credit", amountMax)])]).refused).toBeUndefined();
    const turning = Array.from({ length: 100 }, () => [line("1", "debit", amountMax), line("1", "credit", amountMax)]).flat();
    let refused = 0;
    for (let i = 0; i < 20; i++) if (ledger.write([entry(turning)]).refused?.code === "BALANCE_OVERFLOW") refused += 1;
    const bank = ledger.accounts()[0];
    expect(refused).toBeGreaterThan(0);
    expect(bank && debitsOf(bank)).toBeLessThan(2n ** 63n);
    expect(bank && creditsOf(bank)).toBeLessThan(2n ** 63n);
  });
});
