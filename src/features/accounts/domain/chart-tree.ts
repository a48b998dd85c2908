import type { AccountType } from "../../../kernel/account-type.ts";
import { accountDepthMax } from "../../../kernel/bounds.ts";
import { ok, type Result, refuse } from "../../../kernel/result.ts";
import type { ChartFault } from "./chart-csv.ts";

/** What decides about an account's place in a chart. */
export interface ChartNode {
  readonly code: string;
  readonly type: AccountType;
  readonly parentCode?: string | undefined;
  readonly role?: string | undefined;
  readonly externalId?: string | undefined;
}

/**
 * The accounts with every parent before its children; otherwise in their own order.
 * Refuses, all at once and each with its row: codes, roles and external ids that are there twice, parents of another type, circles, trees deeper than 10.
 * A parent that is not in the list may be in the ledger: the ledger decides about it.
 */
export function orderChart<A extends ChartNode>(accounts: readonly A[], rowOf: (index: number) => number): Result<A[], ChartFault[]> {
  const faults: ChartFault[] = [];
  const byCode = new Map<string, A>();
  const seen = { code: new Map<string, number>(), role: new Map<string, number>(), externalId: new Map<string, number>() };
  accounts.forEach((account, i) => {
    for (const field of ["code", "role", "externalId"] as const) {
      const value = account[field];
      if (value === undefined) continue;
      const first = seen[field].get(value);
      if (first === undefined) seen[field].set(value, rowOf(i));
      else faults.push({ row: rowOf(i), field, code: "duplicate", message: `${field} ${value} is there twice, first in row ${first}.` });
    }
    if (!byCode.has(account.code)) byCode.set(account.code, account);
  });

  /** Depths below the top of the list; undefined in or below a circle. */
  const depths = new Map<A, number | undefined>();
  /** Each account is climbed from once: a list may be one chain of thousands, or one circle. */
  const depthOf = (account: A): number | undefined => {
    const climbed: A[] = [];
    let at: A | undefined = account;
    while (at !== undefined && !depths.has(at)) {
      // As long as it is not known, and for good where the climb comes back to it.
      depths.set(at, undefined);
      climbed.push(at);
      at = at.parentCode === undefined ? undefined : byCode.get(at.parentCode);
    }
    let depth = at === undefined ? 0 : depths.get(at);
    for (const below of climbed.reverse()) {
      depth = depth === undefined ? undefined : depth + 1;
      depths.set(below, depth);
    }
    return depths.get(account);
  };
  accounts.forEach((account, i) => {
    const depth = depthOf(account);
    const parent = account.parentCode === undefined ? undefined : byCode.get(account.parentCode);
    if (depth === undefined) {
      faults.push({ row: rowOf(i), field: "parentCode", code: "parent_circle", message: `${account.code} stands above itself.` });
    } else if (depth > accountDepthMax) {
      faults.push({
        row: rowOf(i),
        field: "parentCode",
        code: "parent_depth",
        message: `${account.code} is ${depth} levels deep; the most is ${accountDepthMax}.`,
      });
    }
    if (parent && parent !== account && parent.type !== account.type) {
      faults.push({
        row: rowOf(i),
        field: "parentCode",
        code: "parent_type",
        message: `${account.code} is of type ${account.type}, its parent ${parent.code} of type ${parent.type}. They must agree.`,
      });
    }
  });
  if (faults.length > 0) return refuse(faults.sort((a, b) => a.row - b.row));
  // The sort is stable: equally deep accounts stay in order.
  return ok(accounts.toSorted((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0)));
}

/** An account that the ledger has. */
export interface ExistingNode {
  readonly code: string;
  readonly type: AccountType;
  readonly role: string | null;
  readonly externalId: string | null;
}

/** Conflicts of a chart's accounts with the ledger's own, each with its row: codes, roles and external ids taken, parents that are missing or of another type. */
export function faultsAgainst(
  accounts: readonly ChartNode[],
  rowOf: (index: number) => number,
  existing: readonly ExistingNode[],
): ChartFault[] {
  const own = new Set(accounts.map((account) => account.code));
  const codes = new Map(existing.map((account) => [account.code, account]));
  const roles = new Map(existing.map((account) => [account.role, account]));
  const externalIds = new Map(existing.map((account) => [account.externalId, account]));
  return accounts.flatMap((account, i) => {
    const faults: ChartFault[] = [];
    const add = (field: string, code: string, message: string) => faults.push({ row: rowOf(i), field, code, message });
    if (codes.has(account.code)) add("code", "CODE_TAKEN", `The ledger has an account ${account.code}.`);
    const sameRole = account.role === undefined ? undefined : roles.get(account.role);
    if (sameRole) add("role", "CODE_TAKEN", `Account ${sameRole.code} has the role ${account.role}.`);
    const sameId = account.externalId === undefined ? undefined : externalIds.get(account.externalId);
    if (sameId) add("externalId", "EXTERNAL_ID_TAKEN", `Account ${sameId.code} has the externalId ${account.externalId}.`);
    if (account.parentCode !== undefined && !own.has(account.parentCode)) {
      const parent = codes.get(account.parentCode);
      if (!parent) add("parentCode", "REFERENCE_NOT_FOUND", `Neither the file nor the ledger has an account ${account.parentCode}.`);
      else if (parent.type !== account.type) {
        add(
          "parentCode",
          "ACCOUNT_PARENT_INVALID",
          `${account.code} is of type ${account.type}, its parent ${parent.code} of type ${parent.type}. They must agree.`,
        );
      }
    }
    return faults;
  });
}
