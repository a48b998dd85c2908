import type { AccountClass, AccountType, Side } from "../../kernel/account-type.ts";
import type { AccountDescription } from "./account.ts";
import type { Principal } from "./approval.ts";
import type { LineConditions } from "./command.ts";
import type { EntryContent, HoldContent, LineContent } from "./entry-fields.ts";
import type { HoldStatus } from "./hold.ts";
import type { Module } from "./period-lock.ts";
import type { SharedContent } from "./shared-content.ts";

/** The shapes of a ledger's answers. They are the API's own resources: the edge passes them on, or adds what only D1 knows. */

/** Tags are left out where a line has none. */
export interface LineView extends Omit<LineContent, "tags"> {
  readonly no: number;
  readonly accountId: string;
  readonly accountCode: string;
  readonly side: Side;
  readonly amount: number;
  readonly tags?: readonly string[];
  /** On the account's normal side, in commit order. */
  readonly balanceAfter: number;
  readonly accountVersion: number;
}

/** What an entry says beside its lines, as it is shown. */
export interface ContentView extends Omit<EntryContent, "metadata" | "source"> {
  readonly metadata: Readonly<Record<string, string>>;
  readonly source: { readonly type: string; readonly id: string | null; readonly step?: string };
}

export interface EntryView extends ContentView {
  readonly id: string;
  readonly journalEntryId: string;
  readonly status: "posted" | "reversed" | "voided";
  readonly sequence: number;
  readonly createdAt: string;
  readonly ledgerId: string;
  readonly currency: string;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly requestId: string;
  /** Posted into a softly locked period by someone who may. */
  readonly flagged: boolean;
  readonly postingReference: string | null;
  readonly reversalOf: string | null;
  readonly reversedBy: string | null;
  readonly reason: string | null;
  /** What became of the draft that it was; null for an entry that was posted at once. */
  readonly approval: ApprovalView | null;
  /** The hold that it settles. */
  readonly holdId: string | null;
  readonly lines: readonly LineView[];
  /** The head seal of the commit that posted it. */
  readonly seal: string;
}

/** Who prepared it, with the users behind the keys in use. */
export interface PreparerView extends HumansView {
  /** An OWNER has said of the keys in use that they act by themselves. */
  readonly independent: boolean;
}

/** Who acted, with the users behind the key in use. */
interface HumansView extends Principal {
  readonly humans: readonly string[];
}

/** Who approved it. */
export interface ApproverView extends HumansView {
  /** Who had set the password of the person who approved, as far as it was not their own. */
  readonly credentialSetBy: string | null;
}

export interface ApprovalView {
  readonly version: number;
  readonly preparedBy: readonly PreparerView[];
  /** Null as long as nobody did, and where it was posted by somebody whose entries need no approval. */
  readonly approvedBy: ApproverView | null;
  /** Why it was rejected or voided. */
  readonly reason: string | null;
}

/** An entry that is not posted: no balance and no seal yet. */
export interface DraftView extends Omit<EntryView, "status" | "lines" | "seal"> {
  readonly status: "draft" | "pending_approval" | "voided";
  readonly approval: ApprovalView;
  readonly lines: readonly (Omit<LineView, "balanceAfter" | "accountVersion"> & {
    readonly conditions?: LineConditions;
    readonly balanceAfter: null;
    readonly accountVersion: null;
  })[];
  readonly seal: null;
}

export interface HoldView
  extends Omit<
    EntryView,
    | "journalEntryId"
    | "status"
    | "flagged"
    | "postingReference"
    | "reversalOf"
    | "reversedBy"
    | Exclude<keyof ContentView, keyof HoldContent>
    | "approval"
    | "holdId"
    | "lines"
  > {
  readonly status: HoldStatus;
  readonly groupId: string | null;
  readonly expiresAt: string | null;
  readonly resolvedAt: string | null;
  /** The entry that settled it. */
  readonly entryId: string | null;
  /** Why it was released. */
  readonly reason: string | null;
  readonly lines: readonly (Omit<LineView, "balanceAfter"> & { readonly availableAfter: number })[];
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

/** One account's balance. Pending figures, those of open holds, are left out where `asOf` is given. */
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

/** Where a page stands in its list. */
export interface PagePlace {
  readonly totalCount: number;
  readonly totalCountCapped?: true;
  /** Where to go on, null at the end. */
  readonly after: string | null;
}

export interface PageView<T> extends PagePlace {
  readonly data: readonly T[];
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

/** What a ledger holds of what its entity's ledgers share. */
export interface SharedRecordView {
  readonly revision: number;
  readonly content: SharedContent;
}

/** What is neither posted nor voided within a period; the first 50 of them by id. */
export interface UnpostedView {
  readonly openDrafts: number;
  readonly openDraftIds: readonly string[];
  readonly openHolds: number;
  readonly openHoldIds: readonly string[];
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

/** Turnover by period: integers as texts, because they may exceed an exact JavaScript number. */
export interface TurnoversView {
  readonly sequence: number;
  readonly accounts: readonly {
    readonly accountId: string;
    readonly code: string;
    readonly type: AccountType;
    readonly name: string;
    readonly parentId: string | null;
    readonly role: string | null;
    readonly debits: readonly string[];
    readonly credits: readonly string[];
  }[];
}
