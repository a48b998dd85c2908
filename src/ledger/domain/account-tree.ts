import type { AccountType } from "../../kernel/account-type.ts";
import { accountDepthMax } from "../../kernel/bounds.ts";
import { type Failure, failure } from "../../kernel/failures.ts";
import type { AccountTerms } from "./account.ts";
import { accountById, type LedgerState } from "./state.ts";

/**
 * Why an account of `type` cannot stand under `parentId`: there is no such account, it is of another type,
 * it stands below `self` (the account's number, where it exists already), or the tree would be deeper than 10. Undefined where it can.
 */
export function parentRefusedFor(state: LedgerState, type: AccountType, parentId: string, self: number | undefined): Failure | undefined {
  const parent = accountById(state, parentId);
  if (parent === undefined) {
    const message = "The ledger has no account with the parent's id or code.";
    return failure("REFERENCE_NOT_FOUND", message, [{ pointer: "/parentId", code: "REFERENCE_NOT_FOUND", message }]);
  }
  if (parent.type !== type)
    return refused(`The parent ${parent.code} is of type ${parent.type}; an account of type ${type} cannot stand under it.`);
  let above: AccountTerms | undefined = parent;
  for (let depth = 2; above !== undefined; depth++) {
    if (above.no === self) return refused(`The account would stand below itself, under ${parent.code}.`);
    if (depth > accountDepthMax) return refused(`The account would be more than ${accountDepthMax} levels deep under ${parent.code}.`);
    const next: string | null = above.description.parentId;
    above = next === null ? undefined : accountById(state, next);
  }
  return undefined;
}

function refused(message: string): Failure {
  return failure("ACCOUNT_PARENT_INVALID", message, [{ pointer: "/parentId", code: "ACCOUNT_PARENT_INVALID", message }]);
}
