import fc from "fast-check";
import { type AccountType, normalSide } from "../../src/kernel/account-type.ts";
import { amountMax } from "../../src/kernel/money.ts";
import type { AccountDescription } from "../../src/ledger/domain/account.ts";
import type { ApprovalPolicy } from "../../src/ledger/domain/approval.ts";
import {
  type AccountRef,
  type Command,
  type LineConditions,
  type LineRequest,
  type OpenAccount,
  type PostEntry,
  refByCode,
  refByExternalId,
  refById,
} from "../../src/ledger/domain/command.ts";
import type { Draft } from "../../src/ledger/domain/draft.ts";
import { agent, approver, owner, preparer } from "./actors.ts";

/** What exists when a step is carried out: a step names it by a number, taken modulo how many there are. */
export interface Standing {
  readonly accounts: readonly { readonly id: string; readonly code: string; readonly externalId: string | null }[];
  /** Ids of posted entries. */
  readonly entries: readonly string[];
  /** Drafts in any state, each with its version. */
  readonly drafts: readonly Pick<Draft, "id" | "version" | "status">[];
  /** Holds in any state, with the amounts of their lines. */
  readonly holds: readonly { readonly id: string; readonly amounts: readonly number[] }[];
  readonly nowMs: number;
}

type PostStep = Extract<Step, { kind: "post" }>;

export type Step =
  | {
      readonly kind: "post";
      readonly moves: readonly { readonly debit: number; readonly credit: number; readonly amount: number; readonly how: 0 | 1 | 2 }[];
      readonly date: string;
      readonly externalId: number | undefined;
      readonly source: number | undefined;
      readonly reference: number | undefined;
      readonly tilt: 0 | 1;
      readonly conditions: LineConditions | undefined;
      readonly annotated: boolean;
    }
  | { readonly kind: "reverse"; readonly entry: number; readonly void: boolean; readonly date: string | undefined }
  | {
      readonly kind: "open";
      readonly code: number;
      readonly type: AccountType;
      readonly minBalance: number | undefined;
      readonly maxBalance: number | undefined;
    }
  | {
      readonly kind: "change";
      readonly account: number;
      readonly code: number | undefined;
      readonly status: "active" | "archived" | undefined;
      readonly minBalance: number | null | undefined;
      readonly maxBalance: number | null | undefined;
    }
  | { readonly kind: "delete"; readonly account: number }
  | { readonly kind: "draft"; readonly entry: PostStep }
  | {
      readonly kind: "onDraft";
      readonly draft: number;
      /** `advance`: whatever comes next in its life. */
      readonly action: "advance" | "edit" | "submit" | "post" | "approve" | "reject" | "void";
      readonly isStale: boolean;
      readonly entry: PostStep;
    }
  | { readonly kind: "hold"; readonly entry: PostStep; readonly lastsMs: number | undefined; readonly isOfGroup: boolean }
  | { readonly kind: "settle"; readonly hold: number; readonly part: number | undefined; readonly date: string | undefined }
  | { readonly kind: "release"; readonly hold: number }
  | { readonly kind: "policy"; readonly policy: ApprovalPolicy }
  | {
      readonly kind: "lock";
      readonly from: string;
      readonly days: number;
      readonly level: "open" | "soft" | "hard";
      readonly module: "all" | "journal";
    };

/** Days at the joints of months, quarters and years, the middle of one, and both ends of the calendar. */
export const dates = [
  "2026-01-01",
  "2026-01-02",
  "2026-01-15",
  "2026-01-16",
  "2026-01-31",
  "2026-02-01",
  "2026-02-28",
  "2026-03-01",
  "2026-03-31",
  "2026-06-30",
  "2025-12-31",
  "2024-02-29",
  "1969-12-31",
  "1900-01-01",
  "9999-12-31",
] as const;

export const anyDate = fc.constantFrom(...dates);
const anyAmount = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 1_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: amountMax }) },
  { weight: 1, arbitrary: fc.constant(amountMax) },
);
const anyBound = fc.integer({ min: -2_000, max: 2_000 });
const which = fc.nat(1_000);
const move = fc.record({ debit: which, credit: which, amount: anyAmount, how: fc.constantFrom<0 | 1 | 2>(0, 1, 2) });

/** Most steps are plain: one in so many carries the value. */
function rarely<T>(value: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

const conditions: fc.Arbitrary<LineConditions> = fc.oneof(
  fc.record({ expectedVersion: fc.nat(6) }),
  fc.record({ minPosted: anyBound }),
  fc.record({ maxPosted: anyBound }),
  fc.record({ minAvailable: anyBound, maxAvailable: anyBound }),
);

const postStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("post" as const),
  moves: fc.oneof(
    { weight: 20, arbitrary: fc.array(move, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(move, { minLength: 100, maxLength: 100 }) },
  ),
  date: anyDate,
  externalId: rarely(fc.nat(12), 3),
  source: rarely(fc.nat(6), 6),
  reference: rarely(fc.nat(3), 3),
  tilt: fc.oneof({ weight: 20, arbitrary: fc.constant<0 | 1>(0) }, { weight: 1, arbitrary: fc.constant<0 | 1>(1) }),
  conditions: rarely(conditions, 8),
  annotated: fc.boolean(),
});
const reverseStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("reverse" as const),
  entry: which,
  void: fc.boolean(),
  date: rarely(anyDate, 2),
});
const openStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("open" as const),
  code: fc.nat(11),
  type: fc.constantFrom<AccountType>("bank", "accounts_payable", "equity", "income", "expense"),
  minBalance: rarely(anyBound, 4),
  maxBalance: rarely(anyBound, 4),
});
const changeStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("change" as const),
  account: which,
  code: rarely(fc.nat(11), 2),
  status: rarely(fc.constantFrom<"active" | "archived">("active", "active", "archived"), 2),
  minBalance: rarely(fc.option(anyBound, { nil: null }), 2),
  maxBalance: rarely(fc.option(anyBound, { nil: null }), 2),
});
const deleteStep: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("delete" as const), account: which });
const lockStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("lock" as const),
  from: anyDate,
  days: fc.nat(40),
  level: fc.constantFrom<"open" | "soft" | "hard">("open", "open", "soft", "hard"),
  module: fc.constantFrom<"all" | "journal">("all", "journal"),
});

// Built by the post step, and so of its form.
const anyEntry = postStep as fc.Arbitrary<PostStep>;
const draftStep: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("draft" as const), entry: anyEntry });
const onDraftStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("onDraft" as const),
  draft: which,
  action: fc.oneof(
    { weight: 3, arbitrary: fc.constant("advance" as const) },
    { weight: 2, arbitrary: fc.constantFrom("edit", "submit", "post", "approve", "reject", "void") },
  ),
  isStale: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  entry: anyEntry,
});
const holdStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("hold" as const),
  entry: anyEntry,
  lastsMs: rarely(fc.nat(120_000), 2),
  isOfGroup: fc.constantFrom(false, false, false, true),
});
const settleStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("settle" as const),
  hold: which,
  part: rarely(fc.nat(120), 2),
  date: rarely(anyDate, 3),
});
const releaseStep: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("release" as const), hold: which });
const policyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("policy" as const),
  policy: fc.constantFrom<ApprovalPolicy>("none", "none", "required", "four_eyes"),
});

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 24, arbitrary: postStep },
  { weight: 5, arbitrary: draftStep },
  { weight: 16, arbitrary: onDraftStep },
  { weight: 6, arbitrary: holdStep },
  { weight: 5, arbitrary: settleStep },
  { weight: 2, arbitrary: releaseStep },
  { weight: 1, arbitrary: policyStep },
  { weight: 4, arbitrary: reverseStep },
  { weight: 3, arbitrary: openStep },
  { weight: 3, arbitrary: changeStep },
  { weight: 1, arbitrary: deleteStep },
  { weight: 1, arbitrary: lockStep },
);

/** One write: a step by itself, or several together. */
export interface WriteStep {
  readonly steps: readonly Step[];
  readonly mode: "atomic" | "each";
  readonly dryRun: boolean;
  readonly as: keyof typeof actors;
  /** How much later it is than the write before. */
  readonly laterMs: number;
}

/** Who writes: two who may post past a gate, one who may not, one whose entries always wait. */
export const actors = { owner, approver, preparer, agent } as const;

export const anyWrite: fc.Arbitrary<WriteStep> = fc.record({
  steps: fc.oneof(
    { weight: 3, arbitrary: fc.array(anyStep, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(anyStep, { minLength: 2, maxLength: 8 }) },
  ),
  mode: fc.constantFrom<"atomic" | "each">("atomic", "each"),
  dryRun: fc.constantFrom(false, false, false, false, false, true),
  as: fc.constantFrom("owner" as const, "owner" as const, "owner" as const, "approver" as const, "preparer" as const, "agent" as const),
  laterMs: fc.nat(30_000),
});

/** The command of a step, where there is what it needs. */
export function commandOf(step: Step, standing: Standing): Command | undefined {
  const account = (n: number) => standing.accounts[n % standing.accounts.length];
  switch (step.kind) {
    case "post":
      return postCommand(step, standing);
    case "reverse": {
      const entryId = standing.entries[step.entry % Math.max(standing.entries.length, 1)];
      if (entryId === undefined) return undefined;
      return {
        kind: "reverse_entry",
        entryId,
        void: step.void,
        reason: "a mistake",
        ...(step.date === undefined ? {} : { date: step.date }),
      };
    }
    case "open":
      return openAccount(codeOf(step.code), step.type, {
        ...(step.code % 3 === 0 ? { externalId: `ext-${step.code}` } : {}),
        ...(step.minBalance === undefined ? {} : { minBalance: step.minBalance }),
        ...(step.maxBalance === undefined ? {} : { maxBalance: step.maxBalance }),
      });
    case "change": {
      const of = account(step.account);
      if (of === undefined) return undefined;
      return {
        kind: "change_account",
        accountId: of.id,
        ...(step.code === undefined ? {} : { code: codeOf(step.code) }),
        ...(step.status === undefined ? {} : { status: step.status }),
        ...(step.minBalance === undefined ? {} : { minBalance: step.minBalance }),
        ...(step.maxBalance === undefined ? {} : { maxBalance: step.maxBalance }),
      };
    }
    case "delete": {
      const of = account(step.account);
      return of === undefined ? undefined : { kind: "delete_account", accountId: of.id };
    }
    case "draft": {
      const { kind: _kind, ...entry } = postCommand(step.entry, standing) ?? {};
      return "lines" in entry ? { kind: "create_draft", ...(entry as Omit<PostEntry, "kind">) } : undefined;
    }
    case "onDraft":
      return draftCommand(step, standing);
    case "hold": {
      const entry = postCommand(step.entry, standing);
      if (entry === undefined) return undefined;
      const end = step.isOfGroup
        ? { groupId: "0198f000-0000-7000-8000-0000000000aa" }
        : step.lastsMs === undefined
          ? {}
          : { expiresAtMs: standing.nowMs + step.lastsMs };
      return { ...entry, kind: "place_hold", ...end };
    }
    case "settle": {
      const of = standing.holds[step.hold % Math.max(standing.holds.length, 1)];
      if (of === undefined) return undefined;
      const lines = step.part === undefined ? undefined : partOf(of.amounts, step.part);
      return {
        kind: "settle_hold",
        holdId: of.id,
        ...(lines === undefined ? {} : { lines }),
        ...(step.date === undefined ? {} : { date: step.date }),
      };
    }
    case "release": {
      const of = standing.holds[step.hold % Math.max(standing.holds.length, 1)];
      return of && { kind: "release_hold", holdId: of.id, reason: "a property test" };
    }
    case "policy":
      return { kind: "set_approval_policy", policy: step.policy };
    case "lock":
      return {
        kind: "lock_period",
        startDate: step.from,
        endDate: laterDate(step.from, step.days),
        module: step.module,
        level: step.level,
        reason: "a property test",
      };
  }
}

/** A hold's lines come in pairs of a debit and a credit of one amount: so much percent of each, now and then too much. */
function partOf(amounts: readonly number[], percent: number): { no: number; amount: number }[] {
  return amounts
    .map((amount, i) => ({ no: i + 1, amount: Math.floor((amount / 100) * percent) }))
    .filter(({ amount }) => amount > 0 && Number.isSafeInteger(amount));
}

function draftCommand(step: Extract<Step, { kind: "onDraft" }>, standing: Standing): Command | undefined {
  const open = standing.drafts.filter(({ status }) => status === "draft" || status === "pending_approval");
  const choice = step.action === "advance" ? open : standing.drafts;
  const of = choice[step.draft % Math.max(choice.length, 1)];
  if (of === undefined) return undefined;
  const on = { entryId: of.id, expectedVersion: step.isStale ? of.version + 1 : of.version };
  switch (step.action) {
    case "advance":
      return { kind: of.status === "draft" ? "submit_draft" : "approve_entry", ...on };
    case "edit": {
      const entry = postCommand(step.entry, standing);
      if (entry === undefined) return undefined;
      const { date, lines, reference } = entry;
      return { kind: "edit_draft", ...on, change: { date, lines, reference: reference ?? null } };
    }
    case "submit":
      return { kind: "submit_draft", ...on };
    case "post":
      return { kind: "post_draft", ...on };
    case "approve":
      return { kind: "approve_entry", ...on };
    case "reject":
      return { kind: "reject_entry", ...on, reason: "a property test" };
    case "void":
      return { kind: "reverse_entry", entryId: of.id, void: true, reason: "a property test" };
  }
}

function codeOf(n: number): string {
  return String(1_000 + n * 10);
}

function laterDate(date: string, days: number): string {
  const later = new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
  return later.startsWith("+") ? date : later;
}

function postCommand(step: PostStep, standing: Standing): PostEntry | undefined {
  const { accounts } = standing;
  if (accounts.length === 0) return undefined;
  const lines: LineRequest[] = [];
  step.moves.forEach((move, i) => {
    const debit = accounts[move.debit % accounts.length];
    const credit = accounts[move.credit % accounts.length];
    if (debit === undefined || credit === undefined) return;
    const annotation = step.annotated ? { memo: `memo ${i} “€”`, tags: ["a", "b"], contactId: "0198f000-0000-7000-8000-00000000000c" } : {};
    const guarded = step.conditions === undefined || i > 0 ? {} : { conditions: step.conditions };
    lines.push({ account: refOf(debit, move.how), side: "debit", amount: move.amount, ...annotation, ...guarded });
    lines.push({ account: refOf(credit, move.how), side: "credit", amount: move.amount });
  });
  const first = lines[0];
  if (step.tilt > 0 && first !== undefined && first.amount < amountMax) lines[0] = { ...first, amount: first.amount + step.tilt };
  return {
    kind: "post_entry",
    date: step.date,
    lines,
    ...(step.annotated ? { description: `entry "${step.moves.length}" €`, metadata: { b: "2", a: "1" } } : {}),
    ...(step.externalId === undefined ? {} : { externalId: `po-${step.externalId}` }),
    ...(step.source === undefined ? {} : { source: { type: "bill", id: `bill-${step.source}`, step: "accrue" } }),
    ...(step.reference === undefined ? {} : { reference: `ref-${step.reference}` }),
  };
}

function refOf(account: Standing["accounts"][number], how: 0 | 1 | 2): AccountRef {
  if (how === 1) return refByCode(account.code);
  return how === 2 && account.externalId !== null ? refByExternalId(account.externalId) : refById(account.id);
}

export function described(name: string, more: Partial<AccountDescription> = {}): AccountDescription {
  return { name, description: null, subtype: null, parentId: null, role: null, stableKey: null, ...more };
}

export function openAccount(code: string, type: AccountType, more: Partial<OpenAccount> = {}): OpenAccount {
  return { kind: "open_account", code, type, description: described(`Account ${code}`), ...more };
}

/** The accounts of `cashSale`. */
export const cashSaleAccounts: readonly OpenAccount[] = [openAccount("cash", "bank"), openAccount("sales", "income")];

/** An entry of two lines, for what any entry shows. */
export const cashSale: PostEntry = {
  kind: "post_entry",
  date: "2026-06-08",
  lines: [
    { account: refByCode("cash"), side: "debit", amount: 5 },
    { account: refByCode("sales"), side: "credit", amount: 5 },
  ],
};

/** +1 for a debit line, −1 for a credit line, on the account's normal side. */
export function signOf(type: AccountType): bigint {
  return normalSide(type) === "debit" ? 1n : -1n;
}

/** The accounts that every property starts with: two of each class, some bounded. */
export const startingAccounts: readonly OpenAccount[] = [
  openAccount("1000", "bank", { externalId: "ext-0" }),
  openAccount("1010", "accounts_receivable"),
  openAccount("1020", "accounts_payable"),
  openAccount("1030", "equity", { externalId: "ext-3" }),
  openAccount("1040", "income"),
  openAccount("1050", "expense", { minBalance: -1_500 }),
];
