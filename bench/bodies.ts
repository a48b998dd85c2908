/** What is posted: two-line entries between accounts, prebuilt before any clock starts. Random, and the same in every run. */
import { refByCode } from "../src/ledger/domain/command.ts";
import type { Command, PostEntry } from "../src/ledger/rpc.ts";
import { randomFrom } from "./random.ts";

export interface EntryShape {
  readonly accounts: number;
  /** Days of 2026, from its first, over which the entries are dated. */
  readonly dates: number;
  /** Whether each entry has an external id of its own, random as a client's own ids are. */
  readonly externalIds: boolean;
  /** Not posted: the command that is sent. An entry waits for an approval where an agent posts it. */
  readonly unposted?: "create_draft" | "place_hold" | "post_entry";
}

/** The usual load: one date, 1,000 accounts. */
export const oneDate: EntryShape = { accounts: 1_000, dates: 1, externalIds: false };
/** The load that an index likes least: any day of a year, and an external id for each entry. */
export const yearWithIds: EntryShape = { accounts: 1_000, dates: 365, externalIds: true };
export const hotAccounts: EntryShape = { accounts: 2, dates: 1, externalIds: false };
/** Stored without being posted: as drafts, as entries that wait for an approval, as holds. */
const yearOf = (unposted: NonNullable<EntryShape["unposted"]>): EntryShape => ({ ...yearWithIds, unposted });
export const shapes = {
  oneDate,
  yearWithIds,
  hotAccounts,
  drafts: yearOf("create_draft"),
  pending: yearOf("post_entry"),
  holds: yearOf("place_hold"),
};

export interface EntryBody {
  readonly date: string;
  readonly description: string;
  readonly externalId?: string;
  readonly lines: readonly [EntryLine, EntryLine];
}
interface EntryLine {
  readonly accountCode: string;
  readonly side: "debit" | "credit";
  readonly amount: number;
}

export function accountCode(no: number): string {
  return `A${String(no).padStart(4, "0")}`;
}

const days = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));

/** A day of 2026, from 0. */
export function dayOfYear(day: number): string {
  const date = days[day];
  if (date === undefined) throw new Error(`2026 has no day ${day}`);
  return date;
}

/** A source of entries of one shape. Different seeds share no external id. */
export function entrySource(shape: EntryShape, seed: number): () => EntryBody {
  const random = randomFrom(seed);
  let made = 0;
  return () => {
    const debited = random(shape.accounts);
    const credited = (debited + 1 + random(shape.accounts - 1)) % shape.accounts;
    const amount = 1 + random(1_000_000);
    made += 1;
    return {
      date: dayOfYear(random(shape.dates)),
      description: "Office supplies",
      ...(shape.externalIds && {
        externalId: `${random(2 ** 32)
          .toString(16)
          .padStart(8, "0")}-${seed}-${made}`,
      }),
      lines: [
        { accountCode: accountCode(debited), side: "debit", amount },
        { accountCode: accountCode(credited), side: "credit", amount },
      ],
    };
  };
}

/** The same entry as a command to a ledger's object. */
export function commandOf(body: EntryBody): PostEntry;
export function commandOf(body: EntryBody, kind: NonNullable<EntryShape["unposted"]>): Command;
export function commandOf({ lines, ...entry }: EntryBody, kind: NonNullable<EntryShape["unposted"]> = "post_entry"): Command {
  return {
    kind,
    ...entry,
    lines: lines.map(({ accountCode: code, side, amount }) => ({ account: refByCode(code), side, amount })),
  };
}

/** Bodies of single posts. */
export function singleBodies(shape: EntryShape, count: number, seed: number): Buffer[] {
  const next = entrySource(shape, seed);
  return Array.from({ length: count }, () => Buffer.from(JSON.stringify(next())));
}

/** Bodies of batches. */
export function batchBodies(shape: EntryShape, entriesPerRequest: number, count: number, seed: number): Buffer[] {
  const next = entrySource(shape, seed);
  return Array.from({ length: count }, () =>
    Buffer.from(JSON.stringify({ mode: "atomic", entries: Array.from({ length: entriesPerRequest }, next) })),
  );
}
