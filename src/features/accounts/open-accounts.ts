import { isSiteMoving } from "../../db/site-fence.ts";
import type { AccountView, OpenAccount, WriteOptions, WriteOutcome } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import type { LedgerInContext } from "../ledgers/index.ts";
import { upsertAccounts } from "./store.ts";

/** How the accounts are opened, where it is not one, for good and with an answer of its own. */
export interface OpenAccountsOptions {
  readonly answer?: "one" | "many";
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
}

/** Opens accounts in a ledger, all or none, and writes their rows. With `many` the answer is `{"data":[…],"head":{…}}`. */
export async function openAccounts(
  context: OperationContext,
  ledger: Pick<LedgerInContext, "number">,
  accounts: readonly OpenAccount[],
  options: OpenAccountsOptions = {},
): Promise<WriteOutcome> {
  const writing: WriteOptions = { mode: "atomic", answer: "many", actor: context.actor, requestId: context.requestId, ...options };
  const outcome = await context.ledger(ledger.number).write(accounts, writing);
  await projectOutcome(context, outcome);
  return outcome;
}

/**
 * Writes the rows of the accounts that a write answered. What the ledger has decided stands: a row that cannot be written now
 * is written when the ledger's message comes.
 */
export async function projectOutcome(context: OperationContext, outcome: WriteOutcome): Promise<void> {
  if (outcome.outcome === "refused" || outcome.outcome === "dry_run") return;
  try {
    await upsertAccounts(context.db, accountsIn(outcome.body));
  } catch (error) {
    if (!isSiteMoving(error)) context.log.error("account_rows_late", error);
  }
}

/** The accounts in the answer to a write of accounts. */
export function accountsIn(body: string): readonly AccountView[] {
  // The ledger's own answer: one account, or a list of them.
  const answer = JSON.parse(body) as AccountView | { readonly data: readonly AccountView[] };
  return "data" in answer ? answer.data : [answer];
}
