/** Work that a cron takes up where it was left behind. */
import { siteDatabaseNames } from "../db/site-database.ts";
import { findSiteScope } from "../db/site-rows.ts";
import type { OperationContext } from "./context.ts";
import { failureOf } from "./failure-of.ts";
import { contextInSite, type SystemContext } from "./system-context.ts";

type Rows<R> = Iterable<R> | AsyncIterable<R>;

/** Does the work of each row. One that fails is logged under the event's name, with `factsOf` the row, and left to the next run; the others go on. */
export async function sweep<R>(
  { log }: Pick<SystemContext, "log">,
  { event, factsOf }: { readonly event: string; readonly factsOf: (row: R) => Record<string, unknown> },
  rows: Rows<R>,
  work: (row: R) => Promise<unknown>,
): Promise<void> {
  for await (const row of rows) {
    try {
      await work(row);
    } catch (error) {
      // Of a site that is moved meanwhile, the next run finds the row where the site lives then.
      if (failureOf(error).code !== "SITE_MOVING") log.error(event, error, factsOf(row));
    }
  }
}

/**
 * The same for what `find` has of each site database: each row's work is done in its site, unless it is of a copy that the site has left behind.
 * A database that does not answer keeps no other waiting, nor, where the list has a limit and is `inNoOrder`, does any number of rows that fail.
 */
export async function sweepSites<R extends { readonly siteId: string }>(
  context: SystemContext,
  event: string,
  find: (database: string) => Promise<Rows<R>> | Rows<R>,
  work: (inSite: OperationContext, row: R) => Promise<unknown>,
): Promise<void> {
  const inDatabase = async (database: string) =>
    sweep(context, { event, factsOf: (row) => ({ ...row }) }, await find(database), async (row) => {
      const site = await findSiteScope(context.directory, row.siteId);
      if (site?.database === database) await work(contextInSite(context, site), row);
    });
  await sweep(context, { event, factsOf: (database) => ({ database }) }, siteDatabaseNames(context.env), inDatabase);
}
