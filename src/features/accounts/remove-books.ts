import type { BatchItem } from "drizzle-orm/batch";
import { runBatch } from "../../db/run-batch.ts";
import type { OperationContext } from "../../operation/context.ts";
import { forgetLedgers, removeLedgers } from "../ledgers/index.ts";
import { deleteAccountsOf, deleteSomeAccountsOf } from "./store.ts";

/** Removes the rows of an entity's ledgers, which are retired, with their accounts, and with them what `statements` remove. */
export async function removeBooks(context: OperationContext, entityId: string, statements: readonly BatchItem<"sqlite">[]): Promise<void> {
  const { db } = context;
  const removal = removeLedgers(db, entityId);
  while (await deleteSomeAccountsOf(db, removal.ledgerIds));
  await runBatch(db, [deleteAccountsOf(db, removal.ledgerIds), ...removal.statements, ...statements]);
  forgetLedgers(context.site.id);
}
