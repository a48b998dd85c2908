import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { leaseMs } from "../kernel/bounds.ts";
import { hasMessage } from "../kernel/error-causes.ts";
import { failure } from "../kernel/failures.ts";
import { Refused } from "../platform/refused.ts";
import { siteFences } from "./site-fence-tables.ts";

/** A table of the database's own beside those of the sites: it is neither copied nor emptied with a site. */
export const fencesTable = "site_fences";

export type FenceState = "open" | "closed" | "filling" | "emptying";

/** What a writer stands on: the site as its lease knows it. */
export interface SiteEpoch {
  readonly siteId: string;
  readonly epoch: number;
}

/** Breaks its batch where the site is closed to writers of the epoch: it is being moved, or has been. Costs one row read where the site ever moved. */
export function requireOpen(session: D1DatabaseSession, { siteId, epoch }: SiteEpoch): D1PreparedStatement {
  return session
    .prepare(
      "INSERT INTO site_fences (site_id, epoch, state) SELECT site_id, epoch, 'refused' FROM site_fences WHERE site_id = ?1 AND (state <> 'open' OR epoch <> ?2)",
    )
    .bind(siteId, epoch);
}

/** Breaks its batch unless the fence stands as the move of the epoch has set it. */
export function requireState(session: D1DatabaseSession, { siteId, epoch }: SiteEpoch, state: FenceState): D1PreparedStatement {
  return session
    .prepare(
      "INSERT INTO site_fences (site_id, epoch, state) SELECT ?1, ?2, 'refused' WHERE NOT EXISTS (SELECT 1 FROM site_fences WHERE site_id = ?1 AND epoch = ?2 AND state = ?3)",
    )
    .bind(siteId, epoch, state);
}

/**
 * Sets the fence where it stands at an earlier epoch, or at this one in one of the states `from`. Where it does not, another move has come after, or
 * another worker has done it: nothing changes.
 */
export async function setFence(
  session: D1DatabaseSession,
  { siteId, epoch }: SiteEpoch,
  state: FenceState,
  from: readonly FenceState[] = [],
): Promise<void> {
  await session
    .prepare(
      `INSERT INTO site_fences (site_id, epoch, state) VALUES (?1, ?2, ?3) ON CONFLICT (site_id) DO UPDATE SET epoch = excluded.epoch, state = excluded.state
       WHERE site_fences.epoch < excluded.epoch OR (site_fences.epoch = excluded.epoch AND site_fences.state IN (SELECT value FROM json_each(?4)))`,
    )
    .bind(siteId, epoch, state, JSON.stringify(from))
    .run();
}

/** That a site is not being moved, as a part of a statement: what a move has copied is neither deleted nor driven on behind its back. */
export function isNotMoving(siteId: SQLiteColumn): SQL {
  return sql`${siteId} NOT IN (SELECT ${siteFences.siteId} FROM ${siteFences} WHERE ${siteFences.state} <> 'open')`;
}

/** Whether a statement was refused because its site is being moved, or has moved since its writer last asked where it lives. */
export function isSiteMoving(error: unknown): boolean {
  // The second is the directory's own guard, `requireEpoch`.
  return hasMessage(error, /CHECK constraint failed: site_is_moving|NOT NULL constraint failed: sites\.epoch/);
}

/** Known everywhere within a lease, the site is where it is going to be. */
export function siteMoving(): Refused {
  const message = "The site is being moved to another database; reads and postings go on.";
  return new Refused({ ...failure("SITE_MOVING", message), retryAfterSeconds: leaseMs / 1000 });
}
