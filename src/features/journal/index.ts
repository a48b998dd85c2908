export { writeOf, writeOne } from "../../operation/ledger-write.ts";
export { entryCommand } from "./entry-command.ts";
export { entryExample, lineExample, pageExample, pendingExample } from "./examples.ts";
export { postEntryBatch } from "./post-entry-batch.ts";
export { bookRefusals, completionRefusals, ledgerRefusals } from "./refusals.ts";
export { registerJournalRoutes } from "./routes.ts";
export { entryFields, JournalBatchRequest, JournalEntry, JournalLinePage, recordFields, recordLine } from "./schemas.ts";
