import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAddress } from "../../src/kernel/id.ts";
import { amountMax } from "../../src/kernel/money.ts";
import { creditsOf, debitsOf, turnoverOf } from "../../src/ledger/domain/account.ts";
import type { Command, PostEntry } from "../../src/ledger/domain/command.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { decodeFact } from "../../src/ledger/domain/fact.ts";
import { booksOracle } from "../support/books-oracle.ts";
import {
  anyStep,
  anyWrite,
  commandOf,
  dates,
  openAccount,
  type Standing,
  startingAccounts,
  type WriteStep,
} from "../support/ledger-steps.ts";
import { foldLog, identity, type MemoryLedger, memoryLedger, owner, preparer, type Written } from "../support/memory-ledger.ts";
import { seeded } from "../support/seed.ts";

const runs = 150;
const history = fc.array(anyWrite, { minLength: 1, maxLength: 30 });

function openedLedger(): MemoryLedger {
  const ledger = memoryLedger();
  expect(ledger.write(startingAccounts).refused).toBeUndefined();
  return ledger;
}

function entryIdOf(sequence: number, atMs: number): string {
  return encodeAddress({ atMs, ledgerNumber: identity.number, kind: "entry", sequence });
}

function standingOf(ledger: MemoryLedger): Standing {
  return {
    accounts: ledger.accounts().filter((account) => account.status !== "deleted"),
    entries: ledger.entries().map((entry) => entryIdOf(entry.sequence, entry.atMs)),
  };
}

function commandsOf(write: WriteStep, ledger: MemoryLedger): Command[] {
  const standing = standingOf(ledger);
  return write.steps.flatMap((step) => commandOf(step, standing) ?? []);
}

/** Carries a history out, and shows each write with the ledger before and after it. */
function carryOut(
  writes: readonly WriteStep[],
  see: (
    ledger: MemoryLedger,
    made: { readonly write: WriteStep; readonly commands: readonly Command[]; readonly before: string; readonly written: Written },
  ) => void,
): MemoryLedger {
  const ledger = openedLedger();
  for (const write of writes) {
    const commands = commandsOf(write, ledger);
    const before = ledger.snapshot();
    const written = ledger.write(commands, { mode: write.mode, dryRun: write.dryRun, actor: write.asPreparer ? preparer : owner });
    see(ledger, { write, commands, before, written });
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

  test("3: no account is ever past its limits", () => {
    fc.assert(
      fc.property(history, (writes) => {
        carryOut(writes, (ledger) => {
          for (const account of ledger.accounts()) {
            expect(account.balance).toBeGreaterThanOrEqual(account.minBalance ?? -amountMax);
            expect(account.balance).toBeLessThanOrEqual(account.maxBalance ?? amountMax);
          }
        });
      }),
      seeded(runs),
    );
  });

  test("6: an atomic write is its commands one after another, all of them or none, and later ones see earlier ones", () => {
    fc.assert(
      fc.property(history, fc.array(anyStep, { minLength: 1, maxLength: 8 }), (writes, steps) => {
        const together = carryOut(writes, () => {});
        const alone = foldLog(together.log);
        const standing = standingOf(together);
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
        const standing = standingOf(together);
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

  test("9: an account's version counts its lines, one by one", () => {
    fc.assert(
      fc.property(history, (writes) => {
        const ledger = carryOut(writes, () => {});
        const versions = new Map<number, number>();
        for (const { fact } of ledger.entries()) {
          for (const line of fact.lines) {
            versions.set(line.account, (versions.get(line.account) ?? 0) + 1);
            expect(line.version).toBe(versions.get(line.account));
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
    fc.assert(
      fc.property(history, (writes) => {
        const oracle = booksOracle();
        const ledger = carryOut(writes, (now, { write, commands, written }) => {
          if (write.dryRun || written.refused) return;
          written.items.forEach((item, i) => {
            const command = commands[i];
            if (!("facts" in item)) return;
            if (command?.kind === "post_entry") {
              // From what was asked, not from what was made of it.
              command.lines.forEach((line, at) => {
                const accountId = now.account(now.accountNumber(line.account) ?? 0)?.id ?? accountIdIn(now, item.first, at);
                oracle.add({
                  sequence: item.first,
                  no: at + 1,
                  date: command.date,
                  accountId,
                  amount: line.side === "debit" ? line.amount : -line.amount,
                });
              });
            } else if (command?.kind === "reverse_entry") {
              const original = now.entries().find((entry) => entryIdOf(entry.sequence, entry.atMs) === command.entryId);
              original?.fact.lines.forEach((line, at) => {
                const date = command.date ?? original.fact.date;
                oracle.add({
                  sequence: item.first,
                  no: at + 1,
                  date,
                  accountId: now.account(line.account)?.id ?? "",
                  amount: -line.amount,
                });
              });
            }
          });
        });
        for (const account of ledger.accounts()) {
          expect(BigInt(account.balance)).toBe(oracle.balance(account.id, account.type));
          expect({ debits: debitsOf(account), credits: creditsOf(account) }).toEqual(oracle.turnover(account.id));
        }
        for (const { sequence, fact } of ledger.entries()) {
          const last = new Map(fact.lines.map((line) => [line.account, line.balanceAfter]));
          for (const [no, balanceAfter] of last) {
            const account = ledger.account(no);
            if (account === undefined) throw new Error("a line names an account that exists");
            expect(BigInt(balanceAfter)).toBe(oracle.balance(account.id, account.type, { knownAt: sequence }));
          }
        }
      }),
      seeded(runs),
    );
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

/** The account of a line whose code has changed within the same write. */
function accountIdIn(ledger: MemoryLedger, sequence: number, at: number): string {
  const fact = ledger.entry(sequence)?.fact;
  return ledger.account(fact?.lines[at]?.account ?? 0)?.id ?? "";
}

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
