import type { BatchItem } from "drizzle-orm/batch";
import { hasMessage } from "../kernel/error-causes.ts";

/** A statement of drizzle's before it is run: raw ones answer `getQuery`, built ones `toSQL`. */
type Written = { getQuery?: () => { sql: string; params: unknown[] }; toSQL?: () => { sql: string; params: unknown[] } };

/** Runs statements as one transaction, and answers how many rows each has changed. Drizzle's own batch loses the parameters of raw statements. */
export async function runBatch(db: { readonly session: D1DatabaseSession }, statements: readonly BatchItem<"sqlite">[]): Promise<number[]> {
  if (statements.length === 0) return [];
  const results = await db.session.batch(
    statements.map((statement) => {
      const written = statement as unknown as Written;
      const query = written.getQuery?.() ?? written.toSQL?.();
      if (query === undefined) throw new Error("assertion failed: a statement says its SQL");
      return db.session.prepare(query.sql).bind(...query.params);
    }),
  );
  return results.map(({ meta }) => meta.changes);
}

/** Whether a statement met a row that a unique index does not allow twice. */
export function isUniqueViolation(error: unknown): boolean {
  return hasMessage(error, /UNIQUE constraint failed/);
}
