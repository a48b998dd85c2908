import { present } from "../../kernel/assert.ts";
import type { AccountDescription, AccountView, ChangeAccount } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { accountsIn, projectOutcome } from "./open-accounts.ts";
import type { UpdateAccountRequest } from "./schemas.ts";
import { hasChildren } from "./store.ts";

/** Changes what the request gives. The ledger decides; with `requireMatch`, which refuses revisions, the change is made only to the one it took. */
export async function updateAccount(
  context: OperationContext,
  accountId: string,
  request: UpdateAccountRequest,
  options: { readonly entityId?: string | undefined; readonly requireMatch?: ((revision: number) => void) | undefined } = {},
): Promise<AccountView> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerOfId(context, accountId, options.entityId);
  const client = context.ledger(ledger.number);
  let expectedRevision: number | undefined;
  if (options.requireMatch || request.type !== undefined) {
    const account = await client.read<AccountView>({ kind: "account", accountId });
    options.requireMatch?.(account.revision);
    if (options.requireMatch) expectedRevision = account.revision;
    if (request.type !== undefined && request.type !== account.type && (await hasChildren(context.db, ledger.id, accountId))) {
      throw refusal("IN_USE", `Account ${account.code} has accounts below it, which are of its type.`);
    }
  }
  const outcome = await client.write([changeCommand(accountId, request, expectedRevision)], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
  });
  if (outcome.outcome === "refused") throw new Refused(outcome.failure);
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
