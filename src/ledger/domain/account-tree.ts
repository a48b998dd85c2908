import type { AccountType } from "../../kernel/account-type.ts";
import { accountDepthMax } from "../../kernel/bounds.ts";
import { type Failure, failure } from "../../kernel/failures.ts";
import type { AccountTerms } from "./account.ts";
import { accountById, type LedgerState } from "./state.ts";

/**
 * Why an account of `type` cannot stand under `parentId`: there is no such account, it is of another type,
 * it stands below `self` (the account, where it exists already), or the tree would be deeper than 10, with all that stands below the account.
 * Undefined where it can.
 */
export function parentRefusedFor(
  state: LedgerState,
  type: AccountType,
  parentId: string,
  self: AccountTerms | undefined,
): Failure | undefined {
  const parent = accountById(state, parentId);
  if (parent === undefined) {
    const message = "The ledger has no account with the parent's id or code.";
    return failure("REFERENCE_NOT_FOUND", message, [{ pointer: "/parentId", code: "REFERENCE_NOT_FOUND", message }]);
  }
  if (parent.type !== type)
    return refused(`The parent ${parent.code} is of type ${parent.type}; an account of type ${type} cannot stand under it.`);
  let above: AccountTerms | undefined = parent;
  let depth = 1;
  while (above !== undefined) {
    if (above.no === self?.no) return refused(`The account would stand below itself, under ${parent.code}.`);
    depth += 1;
    if (depth > accountDepthMax) return refused(`The account would be more than ${accountDepthMax} levels deep under ${parent.code}.`);
    const next: string | null = above.description.parentId;
    above = next === null ? undefined : accountById(state, next);
  }
  if (self !== undefined && hasMoreLevelsBelow(state, self, accountDepthMax - depth))
    return refused(`What stands below the account would be more than ${accountDepthMax} levels deep under ${parent.code}.`);
  return undefined;
}

/** Whether more than `levels` levels of accounts stand below one. Asks once for each level that has another below it. */
function hasMoreLevelsBelow(state: LedgerState, { no, children }: AccountTerms, levels: number): boolean {
  let parents: readonly number[] = children > 0 ? [no] : [];
  for (let level = 0; level < levels && parents.length > 0; level++) parents = state.parentsBelow(parents);
  return parents.length > 0;
}

function refused(message: string): Failure {
  return failure("ACCOUNT_PARENT_INVALID", message, [{ pointer: "/parentId", code: "ACCOUNT_PARENT_INVALID", message }]);
}
