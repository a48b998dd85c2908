/** A page of each list of a ledger, in each of the ways that it is narrowed and ordered. */
import type { Query } from "../../src/ledger/rpc.ts";
import { dayOfYear } from "../bodies.ts";

/** `no`: one of twenty that are asked, no two the same. */
export type ListQuery = (no: number, accountId: string) => Query;

const entries = { kind: "entries", order: "date", direction: "desc", limit: 50 } as const;
const lines = { kind: "lines", order: "date", direction: "desc", limit: 50 } as const;
const balances = { kind: "balances", limit: 50 } as const;
const holds = { kind: "holds", order: "sequence", direction: "desc", limit: 50 } as const;
const aQuarter = (no: number) => ({ startDate: dayOfYear(no * 9), endDate: dayOfYear(no * 9 + 90) });

export const lists: Readonly<Record<string, ListQuery>> = {
  "entries by date": (no) => ({ ...entries, offset: no * 50 }),
  "entries, 10,000 skipped": (no) => ({ ...entries, order: "sequence", offset: 10_000 - no }),
  "entries of an account": (_, accountId) => ({ ...entries, accountId }),
  "entries of an account and dates": (no, accountId) => ({ ...entries, accountId, ...aQuarter(no) }),
  "entries of dates": (no) => ({ ...entries, startDate: dayOfYear(no * 10), endDate: dayOfYear(no * 10 + 30) }),
  "entries of dates and amounts": (no) => ({ ...entries, ...aQuarter(no), minAmount: 500_000, maxAmount: 600_000 }),
  "entries of amounts": (no) => ({ ...entries, minAmount: 900_000 + no * 1_000, maxAmount: 905_000 + no * 1_000 }),
  "entries of a status": () => ({ ...entries, status: "reversed" }),
  "entries that were not reversed": (no) => ({ ...entries, status: "posted", offset: no * 50 }),
  "entries of a source": () => ({ ...entries, sourceType: "bill" }),
  "entries posted by themselves": (no) => ({ ...entries, sourceType: "api", offset: no * 50 }),
  "entries of a reference": (no) => ({ ...entries, reference: `invoice-${no}` }),
  "entries of an external id": (no) => ({ ...entries, externalId: `po-${no}` }),
  "lines by date": (no) => ({ ...lines, offset: no * 50 }),
  "lines in the order of the log": (no) => ({ ...lines, order: "sequence", offset: no * 50 }),
  "lines of an account by date": (_, accountId) => ({ ...lines, accountId }),
  "lines of an account in the order of the log": (_, accountId) => ({ ...lines, order: "sequence", accountId }),
  "lines of dates": (no) => ({ ...lines, ...aQuarter(no) }),
  "lines of dates in the order of the log": (no) => ({ ...lines, order: "sequence", ...aQuarter(no) }),
  "lines of an account as known earlier": (no, accountId) => ({ ...lines, accountId, knownAt: 900_000 - no }),
  balances: (no) => ({ ...balances, offset: no * 40 }),
  "balances of a type": (no) => ({ ...balances, types: ["bank"], offset: no * 40 }),
  "balances at a past date": (no) => ({ ...balances, offset: no * 40, asOf: dayOfYear(100 + no * 11) }),
  "balances known 100,000 entries ago": (no) => ({ ...balances, offset: no * 40, knownAt: 900_000 + no * 37 }),
};

/** The same beside thousands of drafts and holds. */
export const unpostedLists: Readonly<Record<string, ListQuery>> = {
  "entries with drafts among them, by date": (no) => ({ ...entries, offset: no * 50 }),
  "entries that wait for approval": (no) => ({ ...entries, status: "pending_approval", offset: no * 50 }),
  "drafts of an account": (_, accountId) => ({ ...entries, status: "draft", accountId }),
  "drafts of dates and amounts": (no) => ({ ...entries, status: "draft", ...aQuarter(no), minAmount: 500_000, maxAmount: 600_000 }),
  "open holds": (no) => ({ ...holds, status: "open", offset: no * 50 }),
  "holds of an account": (_, accountId) => ({ ...holds, accountId }),
  "holds of dates": (no) => ({ ...holds, order: "date", ...aQuarter(no) }),
};
