import type { BatchItem } from "drizzle-orm/batch";
import { runBatch } from "../../db/run-batch.ts";
import { pageLimitMax } from "../../kernel/bounds.ts";
import type { BalanceView, DeleteAccount, PageView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { Refused } from "../../platform/refused.ts";
import { forgetLedgers, listLedgersOfEntity, removeLedgers } from "../ledgers/index.ts";
import { deleteAccountsOf } from "./store.ts";

/**
 * Removes an entity's ledgers, and with them what `statements` remove, if nothing was ever posted to them; else refuses as `IN_USE`.
 * Each ledger decides by deleting all its accounts at once: after that nothing can be posted, whatever an isolate remembers of it.
 */
export async function closeBooks(context: OperationContext, entityId: string, statements: readonly BatchItem<"sqlite">[]): Promise<void> {
  const ledgers = await listLedgersOfEntity(context, entityId);
  const commands = await Promise.all(ledgers.map((ledger) => deleteCommands(context, ledger.number)));
  for (const dryRun of [true, false]) {
    for (const [i, ledger] of ledgers.entries()) {
      const accounts = commands[i] ?? [];
      if (accounts.length === 0) continue;
      const outcome = await context
        .ledger(ledger.number)
        .write(accounts, { mode: "atomic", answer: "minimal", dryRun, actor: context.actor, requestId: context.requestId });
      if (outcome.outcome === "refused") throw new Refused(outcome.failure);
    }
  }
  const removal = removeLedgers(context.db, entityId);
  await runBatch(context.db, [deleteAccountsOf(context.db, removal.ledgerIds), ...removal.statements, ...statements]);
  forgetLedgers(context.site.id);
}

async function deleteCommands(context: OperationContext, ledgerNumber: number): Promise<DeleteAccount[]> {
  const commands: DeleteAccount[] = [];
  let afterCode: string | undefined;
  for (;;) {
    const page = await context
      .ledger(ledgerNumber)
      .read<PageView<BalanceView>>({ kind: "balances", limit: pageLimitMax, ...(afterCode === undefined ? {} : { afterCode }) });
    for (const { accountId } of page.data) commands.push({ kind: "delete_account", accountId });
    afterCode = page.data.at(-1)?.code;
    if (page.after === null || afterCode === undefined) return commands;
  }
}
