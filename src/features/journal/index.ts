import type { Feature } from "../feature.ts";
import { journalRoutes } from "./routes.ts";

export { entryCommand } from "./entry-command.ts";
export { entryExample, lineExample, pendingExample } from "./examples.ts";
export { postBatchTo } from "./post-entry-batch.ts";
export { bookRefusals, completionRefusals } from "./refusals.ts";
export { type EntryBody, entryFields, JournalBatchRequest, JournalEntry, JournalLinePage, recordFields, recordLine } from "./schemas.ts";

export const feature: Feature = {
  name: "journal",
  tags: {
    Journal: {
      description: "Entries: posted at once or drafted and approved, single or in batches, reversed, voided, listed.",
      service: "books",
      underCompany: true,
    },
  },
  routes: journalRoutes,
};
