import type { LedgerClient } from "../ledger/client.ts";
import type { Command, WriteOptions, WriteOutcome } from "../ledger/rpc.ts";
import { Refused } from "../platform/refused.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

/** What a ledger answers to a write that it does not refuse. Its text goes on as it is; what a caller needs of it stands beside it. */
export type LedgerAnswer = Exclude<WriteOutcome, { readonly outcome: "refused" }>;

type Wish = Pick<WriteOptions, "mode" | "answer" | "dryRun" | "itemsPointer">;

/** Has a ledger carry out commands under the request's key. Refuses as the ledger does. */
export async function writeCommands(
  context: OperationContext,
  ledger: { readonly number: number },
  commands: Parameters<LedgerClient["write"]>[0],
  wish: Wish,
): Promise<LedgerAnswer> {
  return accepted(
    await context.ledger(ledger.number).write(commands, {
      ...wish,
      actor: context.actor,
      requestId: context.requestId,
      ...ledgerKey(context.idempotency),
    }),
  );
}

/** Has a ledger carry out one command under the request's key, for what the command says it is. */
export function writeOne(context: OperationContext, ledger: { readonly number: number }, command: Command): Promise<LedgerAnswer> {
  return writeCommands(context, ledger, [command], { mode: "atomic", answer: "one" });
}

/** What a ledger answered, where it did not refuse. */
export function accepted(outcome: WriteOutcome): LedgerAnswer {
  if (outcome.outcome === "refused") throw new Refused(outcome.failure, outcome.replayed);
  return outcome;
}

/** The key under which a ledger stores its answer. The ledger is the rest of its scope, however the request named it. */
export function ledgerKey(claim: IdempotencyClaim | undefined): { readonly idempotencyKey?: string } {
  return claim ? { idempotencyKey: `${claim.operationId} ${claim.key}` } : {};
}
