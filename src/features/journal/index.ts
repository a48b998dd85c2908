export { lineExample } from "./examples.ts";
export { postEntryBatch } from "./post-entry-batch.ts";
export { registerJournalRoutes } from "./routes.ts";
export { JournalBatchRequest, JournalLinePage } from "./schemas.ts";
