import { ledgerFactsConsumer } from "../features/accounts/index.ts";
import { siteMovesConsumer } from "../features/site-moves/index.ts";
import type { Consumer, QueueName } from "../operation/consumer.ts";

/** Who takes the messages of each queue, by the queue's binding. */
export const consumers = {
  LEDGER_FACTS: ledgerFactsConsumer,
  SITE_MOVES: siteMovesConsumer,
} satisfies Record<QueueName, Consumer>;
