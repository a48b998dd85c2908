import { type SQL, sql } from "drizzle-orm";

/**
 * The order of a list of which a sweep takes some at a time: none. What fails is on the list of the next run too, and in any fixed order enough of that keeps
 * all behind it waiting for ever.
 */
export const inNoOrder: SQL = sql`random()`;
