import type { AccountType, Side } from "../../kernel/account-type.ts";
import type { AccountDescription } from "./account.ts";
import type { ApprovalPolicy } from "./approval.ts";
import type { LockLevel, Module } from "./period-lock.ts";
import type { SharedContent } from "./shared-content.ts";

/** What a ledger is, fixed when it is opened. */
export interface LedgerIdentity {
  readonly number: number;
  readonly ledgerId: string;
  readonly siteId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly scale: number;
}

/** How a line names its account: `i` and its id, `c` and its code, or `x` and its external id. One text, which is also what accounts are looked up by. */
export type AccountRef = string & { readonly __brand: "AccountRef" };

export function refById(id: string): AccountRef {
  return `i${id}` as AccountRef;
}

export function refByCode(code: string): AccountRef {
  return `c${code}` as AccountRef;
}

export function refByExternalId(externalId: string): AccountRef {
  return `x${externalId}` as AccountRef;
}

export interface LineConditions {
  readonly expectedVersion?: number;
  /** Bounds on the account's balances after the entry, on its normal side. */
  readonly minPosted?: number;
  readonly maxPosted?: number;
  readonly minAvailable?: number;
  readonly maxAvailable?: number;
}

/** What a line says beside what it posts. Each has its row in `lineFields` of entry-fields.ts. */
export interface LineFields {
  readonly memo?: string;
  readonly contactId?: string;
  readonly tags?: readonly string[];
  /** Checked when the line is posted, and stored with drafts alone. */
  readonly conditions?: LineConditions;
}

export interface LineRequest extends LineFields {
  readonly account: AccountRef;
  readonly side: Side;
  /** Minor units, 1 to 2^53 − 1. */
  readonly amount: number;
}

export interface Source {
  readonly type: string;
  readonly id: string;
  readonly step: string;
}

/** What an entry says beside its lines. Each field that may be left out has its row in `entryFields` of entry-fields.ts. */
export interface EntryFields {
  readonly date: string;
  readonly description?: string;
  readonly reference?: string;
  readonly externalId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The id of the entry that this one corrects. */
  readonly replaces?: string;
  /** Absent for entries posted through the API by themselves. */
  readonly source?: Source;
  /** Set by the operation, never by a body. Default `journal`. */
  readonly module?: Module;
}

/** An entry that is asked for, whatever is to become of it. */
export interface EntryRequest extends EntryFields {
  readonly lines: readonly LineRequest[];
}

export interface PostEntry extends EntryRequest {
  readonly kind: "post_entry";
}

/** Reverses a posted entry on a date of its own (`void: false`), or on the original's date unless one is given (`void: true`). */
export interface ReverseEntry {
  readonly kind: "reverse_entry";
  readonly entryId: string;
  readonly void: boolean;
  readonly date?: string;
  readonly reason: string;
  readonly module?: Module;
}

export interface OpenAccount {
  readonly kind: "open_account";
  readonly code: string;
  readonly description: AccountDescription;
  /** Names the parent by code where it is opened earlier in the same write and so has no id yet; the ledger puts its id into `description.parentId`. */
  readonly parentCode?: string;
  readonly externalId?: string;
  readonly type: AccountType;
  /** Bounds on the balance on the account's normal side. */
  readonly minBalance?: number;
  readonly maxBalance?: number;
}

/** Changes what is given. `null` removes a limit or an external id. */
export interface ChangeAccount {
  readonly kind: "change_account";
  readonly accountId: string;
  /** Refused as `PRECONDITION_FAILED` where the account's revision is another: If-Match. */
  readonly expectedRevision?: number;
  readonly description?: Partial<AccountDescription>;
  readonly code?: string;
  readonly externalId?: string | null;
  readonly type?: AccountType;
  readonly minBalance?: number | null;
  readonly maxBalance?: number | null;
  readonly status?: "active" | "archived";
}

/** Closes for good an account that no line was ever posted to. Its code and external id become free. */
export interface DeleteAccount {
  readonly kind: "delete_account";
  readonly accountId: string;
}

/** Sent by edges of builds before the shared record alone: see SetSharedRecord. */
export interface LockPeriod {
  readonly kind: "lock_period";
  readonly startDate: string;
  readonly endDate: string;
  readonly module: Module;
  readonly level: LockLevel;
  readonly reason?: string;
}

export interface SetPostingReference {
  readonly kind: "set_posting_reference";
  readonly entryId: string;
  readonly postingReference: string;
}

/** As of LockPeriod. */
export interface SetApprovalPolicy {
  readonly kind: "set_approval_policy";
  readonly policy: ApprovalPolicy;
}

/** Has the ledger hold what its entity's ledgers share, as it is at a revision; one that it has passed changes nothing. */
export interface SetSharedRecord {
  readonly kind: "set_shared_record";
  readonly revision: number;
  /** Whole. A member that a later build shares may be missing. */
  readonly content: Partial<SharedContent>;
}

/** Saves an entry in the making, which may be unbalanced, under an id of its own. */
export interface CreateDraft extends EntryRequest {
  readonly kind: "create_draft";
}

/** Names a draft and the version of it that the caller saw, where it matters to them. */
interface OnDraft {
  readonly entryId: string;
  readonly expectedVersion?: number;
  /** The body named the version, and not If-Match: the refusal of another one says so. An approval's is always the body's. */
  readonly versionIn?: "body";
}

/** What may change of a draft: all but what the operation sets. `null` removes it. */
export type DraftChange = {
  readonly [F in keyof Omit<EntryRequest, "source" | "module">]?: EntryRequest[F] | (F extends "date" | "lines" ? never : null);
};

/** Changes what is given of a draft. Lines are replaced as a whole. */
export interface EditDraft extends OnDraft {
  readonly kind: "edit_draft";
  readonly change: DraftChange;
}

/** Submits a draft for approval: from here on it is complete. */
export interface SubmitDraft extends OnDraft {
  readonly kind: "submit_draft";
}

/** Posts a draft by somebody whose entries need not wait. */
export interface PostDraft extends OnDraft {
  readonly kind: "post_draft";
}

/** Posts what waits for approval. */
export interface ApproveEntry extends OnDraft {
  readonly kind: "approve_entry";
}

/** Gives what waits for approval back to those who prepared it. */
export interface RejectEntry extends OnDraft {
  readonly kind: "reject_entry";
  readonly reason: string;
}

/** What a hold says beside what its entry will. Each has its row in `holdFields` of entry-fields.ts. */
export interface HoldFields {
  readonly groupId?: string;
  /** Unix milliseconds. */
  readonly expiresAtMs?: number;
}

/** Places a pending entry: it lowers what is available by its amounts until it is settled, released or expires. It corrects no other. */
export interface PlaceHold extends Omit<EntryRequest, "replaces">, HoldFields {
  readonly kind: "place_hold";
}

/** Posts a hold, in full or in part; what is left of it is released. */
export interface SettleHold {
  readonly kind: "settle_hold";
  readonly holdId: string;
  /** Default the hold's. A hold of a group has no other. */
  readonly date?: string;
  /** What is taken of each line, by its number from 1; lines that are left out are released. Default all of it. */
  readonly lines?: readonly { readonly no: number; readonly amount: number }[];
  /** The hold's group knows of it: without that a hold of a group is not settled by itself. */
  readonly noted?: true;
}

export interface ReleaseHold {
  readonly kind: "release_hold";
  readonly holdId: string;
  readonly reason?: string;
  /** As of SettleHold. */
  readonly noted?: true;
}

/** How a group of holds ends: all that is held is posted, or none of it. */
export const groupOutcomes = ["settle", "release"] as const;
export type GroupOutcome = (typeof groupOutcomes)[number];

/** Ends a group of holds in this ledger, as was decided for all of its ledgers: from here on none is placed in it. */
export interface EndGroup {
  readonly kind: "end_group";
  readonly groupId: string;
  readonly outcome: GroupOutcome;
  /** The holds that are settled. Any other open one of the group is released. */
  readonly holdIds: readonly string[];
  readonly reason?: string;
}

/** What is done with the ledger of an entity that is to be deleted, or of a site that is emptied. `removal`: the number of the attempt. */
interface OnLedger {
  readonly removal: number;
}

/** Has the ledger take nothing until the removal is decided. */
export interface FreezeLedger extends OnLedger {
  readonly kind: "freeze_ledger";
}

/** Gives the removal up. */
export interface ThawLedger extends OnLedger {
  readonly kind: "thaw_ledger";
}

/** Has the ledger take nothing any more. */
export interface RetireLedger extends OnLedger {
  readonly kind: "retire_ledger";
}

export type Command =
  | PostEntry
  | ReverseEntry
  | OpenAccount
  | ChangeAccount
  | DeleteAccount
  | LockPeriod
  | SetPostingReference
  | SetApprovalPolicy
  | SetSharedRecord
  | CreateDraft
  | EditDraft
  | SubmitDraft
  | PostDraft
  | ApproveEntry
  | RejectEntry
  | PlaceHold
  | SettleHold
  | ReleaseHold
  | FreezeLedger
  | ThawLedger
  | RetireLedger
  | EndGroup;

/** Commands in order: an array, or a list that makes each when it is asked for, so that thousands are never in memory at once. */
export interface CommandList {
  readonly length: number;
  at(index: number): Command | undefined;
}
