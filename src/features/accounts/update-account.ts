import { present } from "../../kernel/assert.ts";
import type { AccountDescription, AccountView, ChangeAccount } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { type Revisions, requireRevision } from "../../operation/revision.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { accountsIn, projectOutcome } from "./open-accounts.ts";
import type { UpdateAccountRequest } from "./schemas.ts";

/** Changes what the request gives. The ledger decides; with `seen.revisions` the change is made to one of these only. */
export async function updateAccount(
  context: OperationContext,
  accountId: string,
  request: UpdateAccountRequest,
  seen: { readonly entityId: string | undefined; readonly revisions: Revisions | undefined },
): Promise<AccountView> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerOfId(context, accountId, seen.entityId);
  const client = context.ledger(ledger.number);
  let expectedRevision: number | undefined;
  if (seen.revisions !== undefined) {
    const account = await client.read<AccountView>({ kind: "account", accountId });
    requireRevision(seen.revisions, account.revision);
    expectedRevision = account.revision;
  }
  const outcome = await writeOne(context, ledger, changeCommand(accountId, request, expectedRevision));
  await projectOutcome(context, outcome);
  return present(accountsIn(outcome.body)[0], "the answer to a change of an account is the account");
}

function changeCommand(accountId: string, request: UpdateAccountRequest, expectedRevision: number | undefined): ChangeAccount {
  const { name, description, subtype, parentId, role, stableKey, code, externalId, type, minBalance, maxBalance, status } = request;
  const described = given({ name, description, subtype, parentId, role, stableKey }) satisfies Partial<AccountDescription>;
  return {
    kind: "change_account",
    accountId,
    ...given({ code, externalId, type, minBalance, maxBalance, status, expectedRevision }),
    ...(Object.keys(described).length > 0 ? { description: described } : {}),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value; null is one. */
function given<T extends object>(fields: T): Given<T> {
  // Entries lose the keys' types; only undefined values were left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
