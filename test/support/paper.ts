import { decodeAddress } from "../../src/kernel/id.ts";
import type { Command, LineRequest } from "../../src/ledger/domain/command.ts";
import type { Fact } from "../../src/ledger/domain/fact.ts";
import { type BooksOracle, booksOracle } from "./books-oracle.ts";
import type { Item, MemoryLedger } from "./memory-ledger.ts";

interface Slip {
  readonly date: string;
  readonly lines: readonly { readonly accountId: string; readonly amount: number }[];
}

interface PaperHold extends Slip {
  readonly endsAtMs: number;
  resolved: { readonly how: string; readonly sequence: number } | undefined;
}

/**
 * The books with what is not posted, as a bookkeeper with paper would keep them: from what was asked for and acknowledged,
 * never from what the ledger made of it. A drawer of drafts, a drawer of holds, and the lines that were posted.
 */
export interface Paper {
  readonly books: BooksOracle;
  readonly holds: ReadonlyMap<number, PaperHold>;
  /** Notes the acknowledged items of a write at a time. */
  note(ledger: MemoryLedger, commands: readonly Command[], items: readonly Item[], before: number): void;
  /** What open holds have pending on an account, known at a sequence. */
  pending(accountId: string, knownAt: number): { readonly debits: bigint; readonly credits: bigint };
}

export function paper(): Paper {
  const books = booksOracle();
  const drafts = new Map<number, Slip & { readonly hold: number | undefined }>();
  const holds = new Map<number, PaperHold>();

  const asked = (ledger: MemoryLedger, lines: readonly LineRequest[], fact: Fact | undefined): Slip["lines"] =>
    lines.map((line, i) => ({
      accountId: accountIdOf(ledger, line, fact, i),
      amount: line.side === "debit" ? line.amount : -line.amount,
    }));
  const post = (sequence: number, slip: Slip): void =>
    slip.lines.forEach(({ accountId, amount }, i) => {
      books.add({ sequence, no: i + 1, date: slip.date, accountId, amount });
    });
  const numberOf = (id: string): number => decodeAddress(id)?.sequence ?? 0;
  const resolve = (no: number, how: string, sequence: number): void => {
    const hold = holds.get(no);
    if (hold === undefined) throw new Error(`hold ${no} was never placed`);
    if (hold.resolved !== undefined) throw new Error(`hold ${no} is ${hold.resolved.how} and now ${how}`);
    hold.resolved = { how, sequence };
  };
  /** What the entry is, whether it is posted now or saved as a draft. */
  const keep = (first: number, fact: Fact | undefined, slip: Slip, hold?: number): void => {
    if (fact?.kind !== "entry_posted") {
      drafts.set(first, { ...slip, hold });
      return;
    }
    if (hold !== undefined) resolve(hold, "settled", first);
    post(first, slip);
  };

  return {
    books,
    holds,
    note(ledger, commands, items, before) {
      // What the ledger noted by itself before the write: the holds whose end had come.
      const expiry = ledger.log[before];
      const noted = expiry?.body.startsWith('{"kind":"holds_expired"') ? (JSON.parse(expiry.body) as { holds: number[] }) : undefined;
      const atMs = expiry?.atMs ?? 0;
      const due = [...holds].filter(([, hold]) => hold.resolved === undefined && hold.endsAtMs <= atMs).map(([no]) => no);
      if (expiry !== undefined && due.toSorted().join() !== (noted?.holds ?? []).toSorted().join())
        throw new Error(`over are the holds ${due}, the ledger notes ${noted?.holds}`);
      for (const no of noted?.holds ?? []) resolve(no, "expired", before + 1);
      items.forEach((item, i) => {
        const command = commands[i];
        if (!("facts" in item) || command === undefined) return;
        const fact = item.facts[0];
        switch (command.kind) {
          case "post_entry":
            keep(item.first, fact, { date: command.date, lines: asked(ledger, command.lines, fact) });
            return;
          case "create_draft":
            drafts.set(item.first, { date: command.date, lines: asked(ledger, command.lines, fact), hold: undefined });
            return;
          case "edit_draft": {
            const no = numberOf(command.entryId);
            const earlier = drafts.get(no);
            if (earlier === undefined) throw new Error(`draft ${no} was never written`);
            const { date, lines } = command.change;
            drafts.set(no, { ...earlier, date: date ?? earlier.date, lines: lines ? asked(ledger, lines, fact) : earlier.lines });
            return;
          }
          case "approve_entry":
          case "post_draft": {
            const draft = drafts.get(numberOf(command.entryId));
            if (draft === undefined) throw new Error(`draft ${command.entryId} was never written`);
            if (draft.hold !== undefined) resolve(draft.hold, "settled", item.first);
            post(item.first, draft);
            return;
          }
          case "reverse_entry": {
            const entry = ledger
              .entries()
              .find(({ fact: of, sequence }) => of.draftId === command.entryId || sequence === numberOf(command.entryId));
            // A draft is voided: nothing was posted.
            if (entry === undefined) return;
            const lines = books.lines
              .filter(({ sequence }) => sequence === entry.sequence)
              .map(({ accountId, amount }) => ({ accountId, amount: -amount }));
            keep(item.first, fact, { date: command.date ?? entry.fact.date, lines });
            return;
          }
          case "place_hold":
            holds.set(item.first, {
              date: command.date,
              lines: asked(ledger, command.lines, fact),
              endsAtMs: command.expiresAtMs ?? Number.POSITIVE_INFINITY,
              resolved: undefined,
            });
            return;
          case "settle_hold": {
            const no = numberOf(command.holdId);
            const hold = holds.get(no);
            if (hold === undefined) throw new Error(`hold ${no} was never placed`);
            const taken = command.lines?.map(({ no: line, amount }) => {
              const of = hold.lines[line - 1];
              if (of === undefined || amount > Math.abs(of.amount)) throw new Error(`line ${line} of hold ${no} keeps less than ${amount}`);
              return { ...of, amount: of.amount > 0 ? amount : -amount };
            });
            keep(item.first, fact, { date: command.date ?? hold.date, lines: taken ?? hold.lines }, no);
            return;
          }
          case "release_hold":
            resolve(numberOf(command.holdId), "released", item.first);
        }
      });
    },
    pending(accountId, knownAt) {
      let debits = 0n;
      let credits = 0n;
      for (const [no, { lines, resolved }] of holds) {
        if (no > knownAt || (resolved !== undefined && resolved.sequence <= knownAt)) continue;
        for (const line of lines) {
          if (line.accountId !== accountId) continue;
          if (line.amount > 0) debits += BigInt(line.amount);
          else credits -= BigInt(line.amount);
        }
      }
      return { debits, credits };
    },
  };
}

/** The account that a line names, as it was named then: a code may have changed in the same write. */
function accountIdOf(ledger: MemoryLedger, line: LineRequest, fact: Fact | undefined, i: number): string {
  const lines =
    fact !== undefined && "lines" in fact
      ? fact.lines
      : fact?.kind === "draft_saved" && typeof fact.content !== "number"
        ? fact.content.lines
        : [];
  const no = lines[i]?.account ?? ledger.accountNumber(line.account) ?? 0;
  return ledger.account(no)?.id ?? "";
}
