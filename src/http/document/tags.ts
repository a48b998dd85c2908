/** The tags of the document, and the service whose part of it shows each. */
export const tags = {
  Sites: "ledger",
  Keys: "ledger",
  Users: "ledger",
  Metadata: "events",
  Entities: "ledger",
  Ledgers: "ledger",
  Accounts: "ledger",
  Balances: "balances",
  Journal: "books",
  Holds: "ledger",
  Periods: "books",
  Reports: "books",
  Health: "ledger",
} as const;
export type Tag = keyof typeof tags;
/** Operations that work on one entity's books are shown below the company. */
export const companyTags: ReadonlySet<string> = new Set<Tag>(["Journal", "Periods", "Reports"]);
