/** A group of operations in the document. */
export interface Tag {
  readonly description: string;
  /** The part of the document that shows them: `?service=`. */
  readonly service: (typeof services)[number];
  /** They work on one entity's books, and are shown below the company. */
  readonly underCompany?: boolean;
}

/** Tags by name, in the document's order. */
export type Tags = Readonly<Record<string, Tag>>;

export const services = ["ledger", "events", "balances", "books", "standards"] as const;

/** Whether the operation is shown below the company. Fails where its tag is none that a feature declares. */
export function isUnderCompany(tags: Tags, { operationId, tag }: { readonly operationId: string; readonly tag: string }): boolean {
  const declared = tags[tag];
  if (declared === undefined) throw new Error(`assertion failed: ${operationId} has a tag that some feature declares, and not ${tag}`);
  return declared.underCompany ?? false;
}
