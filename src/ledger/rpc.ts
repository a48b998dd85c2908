/** What the edge and a ledger's object say to each other. Additive only: an old edge may meet a new object and the other way round. */
import type { AccountClass, AccountType, Side } from "../kernel/account-type.ts";
import type { DayNumber } from "../kernel/calendar-date.ts";
import type { Failure } from "../kernel/failures.ts";
import type { Actor } from "../kernel/role.ts";
import type { AccountDescription, Module } from "./domain/command.ts";

export type {
  AccountDescription,
  AccountRef,
  ChangeAccount,
  Command,
  DeleteAccount,
  LedgerIdentity,
  LineConditions,
  LineRequest,
  LockLevel,
  LockPeriod,
  Module,
  OpenAccount,
  PostEntry,
  ReverseEntry,
  SetPostingReference,
  Source,
} from "./domain/command.ts";
export { modules } from "./domain/command.ts";

export interface WriteOptions {
  /** `atomic`: all or none. `each`: every command by itself, in order. */
  readonly mode: "atomic" | "each";
  readonly dryRun?: boolean;
  readonly actor: Actor;
  readonly requestId: string;
  /** `one`: the result of the only command. `many`: a list of results, and the head. `minimal`: a list with ids and sequences only. */
  readonly answer: "one" | "many" | "minimal";
  /** Unique per ledger for 24 hours; the client of the ledger adds the fingerprint of the commands. */
  readonly idempotencyKey?: string;
  /** Where the commands stand in the request's body, for the pointers of refusals when there are many. Default `/entries`. */
  readonly itemsPointer?: string;
}

/** The end of the log: its last sequence and seal. Keep it to prove later that nothing was cut off. */
export interface Head {
  readonly sequence: number;
  readonly seal: string;
}

/**
 * `body` is the JSON text of the answer, built once where the facts are.
 * With answer `one` it is the resource (entry, account, lock outcome); with `many` `{"data":[…],"head":{…}}`, refusals in `each` mode in place as `{"error":…}`.
 */
export type WriteOutcome =
  | { readonly outcome: "written" | "replayed" | "dry_run" | "existing"; readonly body: string }
  | { readonly outcome: "refused"; readonly failure: Failure; readonly replayed: boolean };

/** Totals of one account: everything debited and credited, as decimal text because turnover passes 2^53. */
export interface AccountTotals {
  readonly accountId: string;
  readonly code: string;
  readonly type: AccountType;
  readonly debits: string;
  readonly credits: string;
}

export interface PointInBooks {
  /** Includes what is dated up to and on this day. */
  readonly asOf?: string;
  /** The books as known at this sequence. */
  readonly knownAt?: number;
}

export type Query =
  | ({ readonly kind: "balance"; readonly accountId: string } & PointInBooks)
  | ({
      readonly kind: "balances";
      readonly accountIds?: readonly string[];
      readonly types?: readonly AccountType[];
      /** Order by code; default `asc`. */
      readonly direction?: "asc" | "desc";
      readonly afterCode?: string;
      readonly offset?: number;
      readonly limit: number;
    } & PointInBooks)
  | { readonly kind: "balance_history"; readonly accountId: string; readonly days: readonly DayNumber[]; readonly knownAt?: number }
  | ({
      readonly kind: "lines";
      readonly accountId?: string;
      readonly startDate?: string;
      readonly endDate?: string;
      readonly order: "date" | "sequence";
      readonly direction: "asc" | "desc";
      readonly after?: string;
      readonly offset?: number;
      readonly limit: number;
    } & { readonly knownAt?: number })
  | ({ readonly kind: "entries" } & EntriesQuery)
  | { readonly kind: "entry"; readonly entryId: string }
  | { readonly kind: "account"; readonly accountId: string }
  | { readonly kind: "accounts"; readonly accountIds: readonly string[] }
  | { readonly kind: "period_locks" }
  | { readonly kind: "totals"; readonly before?: string; readonly asOf?: string; readonly knownAt?: number; readonly includeUnused?: boolean }
  | { readonly kind: "head" };

export interface EntriesQuery {
  readonly accountId?: string;
  readonly status?: "posted" | "reversed" | "voided";
  readonly sourceType?: string;
  readonly externalId?: string;
  readonly reference?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly minAmount?: number;
  readonly maxAmount?: number;
  readonly order: "sequence" | "date";
  readonly direction: "asc" | "desc";
  /** Where the previous page ended, as its answer gave it. */
  readonly after?: string;
  readonly offset?: number;
  readonly limit: number;
}

/** `body` is JSON text. */
export type ReadOutcome = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly failure: Failure };

// The answers' shapes. They are the API's own resources: the edge passes them on or adds what only D1 knows.

export interface LineView {
  readonly no: number;
  readonly accountId: string;
  readonly accountCode: string;
  readonly side: Side;
  readonly amount: number;
  readonly memo: string | null;
  readonly contactId: string | null;
  readonly tags?: readonly string[];
  /** On the account's normal side, in commit order. */
  readonly balanceAfter: number;
  readonly accountVersion: number;
}

export interface EntryView {
  readonly id: string;
  readonly journalEntryId: string;
  readonly status: "posted" | "reversed" | "voided";
  readonly sequence: number;
  readonly createdAt: string;
  readonly date: string;
  readonly description: string | null;
  readonly reference: string | null;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly ledgerId: string;
  readonly currency: string;
  readonly source: { readonly type: string; readonly id: string | null; readonly step?: string };
  readonly actor: { readonly kind: string; readonly id: string };
  readonly requestId: string;
  readonly module: Module;
  /** Posted into a softly locked period by someone who may. */
  readonly flagged: boolean;
  readonly postingReference: string | null;
  readonly reversalOf: string | null;
  readonly reversedBy: string | null;
  readonly reason: string | null;
  readonly replaces: string | null;
  readonly lines: readonly LineView[];
  /** The head seal of the commit that posted it. */
  readonly seal: string;
}

export interface AccountView extends AccountDescription {
  readonly id: string;
  readonly ledgerId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly code: string;
  readonly type: AccountType;
  readonly class: AccountClass;
  readonly normalSide: Side;
  readonly externalId: string | null;
  readonly minBalance: number | null;
  readonly maxBalance: number | null;
  readonly status: "active" | "archived" | "deleted";
  readonly createdAt: string;
  /** The sequence of the fact that last changed the description, code, limits or status: the account's ETag. */
  readonly revision: number;
}

/** One account's balance. Pending figures are 0 until holds are placed; they are left out where `asOf` is given. */
export interface BalanceView {
  readonly accountId: string;
  readonly code: string;
  readonly type: AccountType;
  readonly currency: string;
  readonly normalSide: Side;
  readonly posted: { readonly debits: number; readonly credits: number };
  readonly pending?: { readonly debits: number; readonly credits: number };
  /** Posted, on the normal side. */
  readonly balance: number;
  readonly available?: number;
  readonly version: number;
  /** The head sequence that the answer includes. */
  readonly sequence: number;
  readonly asOf: string | null;
  readonly knownAt: number | null;
}

export interface PageView<T> {
  readonly data: readonly T[];
  readonly totalCount: number;
  readonly totalCountCapped?: true;
  /** Where to go on, null at the end. */
  readonly after: string | null;
}

export interface LedgerLineView extends LineView {
  readonly journalEntryId: string;
  readonly sequence: number;
  readonly date: string;
  readonly description: string | null;
  readonly reference: string | null;
  readonly createdAt: string;
  /** Balance after the line in the order of the list, on the normal side; only where one account is listed by date. */
  readonly runningBalance?: number;
}

export interface PeriodLockView {
  readonly startDate: string;
  readonly endDate: string;
  readonly module: Module;
  readonly level: "soft" | "hard";
  readonly reason: string | null;
}

/** Answer to `totals`: for each account with lines (with `includeUnused` for every account), turnover up to `before` (exclusive) and from there to `asOf` (inclusive). Figures beyond 2^53 are exact JSON integers. */
export interface TotalsView {
  readonly sequence: number;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly code: string;
    readonly type: AccountType;
    readonly name: string;
    readonly openingDebits: bigint;
    readonly openingCredits: bigint;
    readonly debits: bigint;
    readonly credits: bigint;
  }[];
}
