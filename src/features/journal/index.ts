import { registerJournalRoutes } from "./routes.ts";

export { entryCommand } from "./entry-command.ts";
export { entryExample, lineExample, pageExample, pendingExample } from "./examples.ts";
export { postEntryBatch } from "./post-entry-batch.ts";
export { bookRefusals, completionRefusals, ledgerRefusals } from "./refusals.ts";
export { entryFields, JournalBatchRequest, JournalEntry, JournalLinePage, recordFields, recordLine } from "./schemas.ts";

export const feature = { name: "journal", register: registerJournalRoutes };
