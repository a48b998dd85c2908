/** What the edge and a ledger's object say to each other. Additive only: an old edge may meet a new object and the other way round. */
import type { AccountType } from "../kernel/account-type.ts";
import type { DayNumber } from "../kernel/calendar-date.ts";
import type { Failure } from "../kernel/failures.ts";
import type { Actor } from "../kernel/role.ts";
import type { HoldStatus } from "./domain/hold.ts";
import type { Module } from "./domain/period-lock.ts";
import type { AccountView, DraftView, EntryView, PagePlace } from "./domain/view.ts";

export type { AccountDescription } from "./domain/account.ts";
export { type ApprovalPolicy, approvalPolicies } from "./domain/approval.ts";
export type {
  AccountRef,
  ApproveEntry,
  ChangeAccount,
  Command,
  CommandList,
  CreateDraft,
  DraftChange,
  EditDraft,
  EndGroup,
  GroupOutcome,
  HoldFields,
  LedgerIdentity,
  LineConditions,
  LineRequest,
  OpenAccount,
  PlaceHold,
  PostEntry,
  RejectEntry,
  ReleaseHold,
  ReverseEntry,
  SetPostingReference,
  SettleHold,
  Source,
} from "./domain/command.ts";
export { groupOutcomes } from "./domain/command.ts";
export type { GeneralLedgerAccountView, GeneralLedgerLineView, GeneralLedgerView } from "./domain/general-ledger-view.ts";
export { groupRule } from "./domain/group.ts";
export { type HoldStatus, holdStatuses } from "./domain/hold.ts";
export { type LockLevel, type Module, modules } from "./domain/period-lock.ts";
export type { SharedContent } from "./domain/shared-content.ts";
export type {
  AccountView,
  ApprovalView,
  BalanceView,
  ContentView,
  DraftView,
  EntryView,
  HoldView,
  LedgerLineView,
  LineView,
  PagePlace,
  PageView,
  PeriodLockView,
  SharedRecordView,
  TotalsView,
  TurnoversView,
  UnpostedView,
} from "./domain/view.ts";

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
  /** The key that an earlier build gave the same request. Where the ledger answered these very commands under it, it repeats that; nothing else comes of it. */
  readonly formerKey?: string;
  /** What the clock of the caller shows, in Unix milliseconds. A caller of an earlier build does not say it. */
  readonly edgeMs?: number;
  /** Where the commands stand in the request's body, for the pointers of refusals when there are many. Default `/entries`. */
  readonly itemsPointer?: string;
}

/** The end of the log: its last sequence and seal. Store it to prove later that nothing was truncated. */
export interface Head {
  readonly sequence: number;
  readonly seal: string;
}

/** What a caller needs to know of a resource that was made or found, beside its text. */
export interface Made {
  readonly id: string;
  /** The resource's status, as its JSON has it. */
  readonly state: EntryView["status"] | DraftView["status"] | HoldStatus | AccountView["status"];
  /** Of a draft that may still change: the version that its ETag names. */
  readonly version?: number;
}

/**
 * `body` is the JSON text of the answer, built once where the facts are.
 * With answer `one` it is the resource (entry, account, lock outcome); with `many` `{"data":[…],"head":{…}}`, refusals in `each` mode in place as `{"error":…}`.
 * `made` is of the only item, or of the first of many; of the first that is new, where that waits for an approval. Null where that has no id and status
 * (a lock, a policy, a refusal), and with `minimal` where it does not wait.
 */
export type WriteOutcome = (WrittenAnswer & { readonly made: Made | null }) | RefusedAnswer;

/** The same from the object. Answers that a build before `made` gave, or stored in the last 24 hours, come without it. */
export type DescribedOutcome = (WrittenAnswer & { readonly made?: Made | null }) | RefusedAnswer;

type WrittenAnswer =
  | { readonly outcome: "written" | "dry_run" | "existing"; readonly body: string }
  /** The first answer to the request again; `originally`: what it said. */
  | { readonly outcome: "replayed"; readonly originally: "written" | "existing"; readonly body: string };

interface RefusedAnswer {
  readonly outcome: "refused";
  readonly failure: Failure;
  readonly replayed: boolean;
}

/** Asks for the ledger's generation to be closed and the next to be opened. */
export interface CloseOutRequest {
  /** The id of the next generation's object. */
  readonly next: string;
  /** Though the ledger is not full. */
  readonly force: boolean;
  readonly reason?: string;
  readonly actor: Actor;
  readonly requestId: string;
  readonly idempotencyKey?: string;
  /** As in `WriteOptions`. */
  readonly edgeMs?: number;
}

/** One of a ledger's objects. */
export interface GenerationView {
  /** Counted from 0. */
  readonly generation: number;
  readonly firstSequence: number;
  /** Null for the one that takes entries, which has no end yet. */
  readonly lastSequence: number | null;
  readonly seal: string | null;
  readonly closedAt: string | null;
  readonly archive: {
    readonly status: "running" | "complete";
    readonly sequence: number;
    readonly folder: string;
    readonly files: number;
  } | null;
}

export type CloseOutOutcome =
  | { readonly ok: "not_open" }
  | { readonly ok: false; readonly failure: Failure }
  /** The same request closed the generation before this one. */
  | { readonly ok: "repeated"; readonly jobId: string }
  | { readonly ok: true; readonly jobId: string; readonly object: string; readonly generation: number };

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
      /** Order by code; default `asc`. */
      readonly direction?: "asc" | "desc";
      readonly afterCode?: string;
      readonly offset?: number;
      readonly limit: number;
    } & BalancesFilter)
  | { readonly kind: "balance_history"; readonly accountId: string; readonly days: readonly DayNumber[]; readonly knownAt?: number }
  | ({ readonly kind: "lines" } & LinesQuery)
  | ({ readonly kind: "entries" } & EntriesQuery)
  | { readonly kind: "entry"; readonly entryId: string; readonly postedOnly?: boolean }
  | { readonly kind: "hold"; readonly holdId: string }
  | ({ readonly kind: "holds" } & HoldsQuery)
  | { readonly kind: "account"; readonly accountId: string }
  | { readonly kind: "accounts"; readonly accountIds: readonly string[] }
  | { readonly kind: "period_locks" }
  /** Asked by edges of builds before the shared record alone. */
  | { readonly kind: "approval_policy" }
  | { readonly kind: "shared_record" }
  | { readonly kind: "unposted_within"; readonly startDate: string; readonly endDate: string; readonly module: Module }
  | {
      readonly kind: "totals";
      readonly before?: string;
      readonly asOf?: string;
      readonly knownAt?: number;
      readonly includeUnused?: boolean;
    }
  | {
      /** What was posted to each account of the types in each of the periods, both days inclusive. Accounts without lines only where something was posted below them, or with `includeUnused`. */
      readonly kind: "turnovers";
      readonly periods: readonly { readonly startDate: string; readonly endDate: string }[];
      readonly types: readonly AccountType[];
      readonly knownAt?: number;
      readonly includeUnused?: boolean;
    }
  | {
      /** A page of the accounts in order of their codes, each with its lines between two days, both inclusive: see GeneralLedgerView. */
      readonly kind: "general_ledger";
      readonly startDate: string;
      readonly endDate: string;
      /** Revenue and expense accounts open with what was posted from this day on; without it with all that ever was. */
      readonly temporaryFrom?: string;
      readonly accountId?: string;
      readonly knownAt?: number;
      readonly includeUnused?: boolean;
      readonly after?: string;
      /** Of lines; an account without any counts as one. */
      readonly limit: number;
    }
  | {
      /** The open holds of groups from `after` on, by their sequence: see OpenGroupHold. */
      readonly kind: "open_group_holds";
      readonly after: number;
      readonly limit: number;
    }
  | { readonly kind: "head" };

/** An open hold of a group, as the query of them has it. */
export interface OpenGroupHold {
  readonly sequence: number;
  readonly holdId: string;
  readonly groupId: string;
  readonly placedBy: string;
}

/** The page of a list that is wanted. */
export interface ListPaging {
  readonly order: "sequence" | "date";
  readonly direction: "asc" | "desc";
  /** Where the previous page ended, as its answer gave it. */
  readonly after?: string;
  readonly offset?: number;
  readonly limit: number;
}

/** The filters of each list. Each has its row where the list is made: `reads/entry-filters.ts`, `reads/unposted-lists.ts`. */
export interface ListFilters {
  readonly entries: EntriesFilter;
  readonly holds: HoldsFilter;
  readonly lines: LinesFilter;
  readonly balances: BalancesFilter;
}

export interface HoldsFilter {
  readonly accountId?: string;
  readonly status?: HoldStatus;
  readonly groupId?: string;
  readonly externalId?: string;
  readonly startDate?: string;
  readonly endDate?: string;
}

export interface EntriesFilter {
  readonly accountId?: string;
  /** `voided`: posted and voided, or a draft that was voided. Default all. */
  readonly status?: "draft" | "pending_approval" | "posted" | "reversed" | "voided";
  /** Leaves out what is not posted. */
  readonly postedOnly?: boolean;
  readonly sourceType?: string;
  readonly externalId?: string;
  readonly reference?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly minAmount?: number;
  readonly maxAmount?: number;
}

export interface LinesFilter {
  readonly accountId?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly knownAt?: number;
}

export interface BalancesFilter extends PointInBooks {
  readonly accountIds?: readonly string[];
  readonly types?: readonly AccountType[];
}

export interface HoldsQuery extends HoldsFilter, ListPaging {}
export interface EntriesQuery extends EntriesFilter, ListPaging {}
export interface LinesQuery extends LinesFilter, ListPaging {}

/** Queries whose answer is one resource with an id and a status. */
export type ResourceQuery = Extract<Query, { kind: "entry" | "hold" | "account" }>;
/** Queries whose answer is a page of a list. */
export type PageQuery = Extract<Query, { kind: "balances" | "lines" | "entries" | "holds" }>;

/** `body` is JSON text: that of the answer, or, where `page` is set, that of the list of a page's items alone. */
export type ReadOutcome =
  | { readonly ok: true; readonly body: string; readonly made?: Made; readonly page?: PagePlace }
  | { readonly ok: false; readonly failure: Failure };
