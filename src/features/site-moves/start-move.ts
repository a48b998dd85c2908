import { isUniqueViolation } from "../../db/run-batch.ts";
import { openDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { closeToNewSites, countSitesByDatabase } from "../../db/site-databases.ts";
import { findSite, requireEpoch } from "../../db/site-rows.ts";
import { siteSchema } from "../../db/site-schema.ts";
import { newUuid } from "../../operation/build-context.ts";
import { refusal } from "../../platform/refused.ts";
import { suits } from "../sites/index.ts";
import type { MoveContext } from "./advance-move.ts";
import { atTheBeginning } from "./domain/move.ts";
import { findLastMove, insertMove, listRunningMoves, type MoveRow } from "./store.ts";

export interface MoveWish {
  /** The D1 binding to move to. */
  readonly database: string;
  /** No other site is to live there, now or later. */
  readonly alone?: boolean | undefined;
}

/**
 * Begins to move a site. A repetition finds the move that it began, running; where the site lives there already, nothing is begun and undefined answered.
 * Refuses a second move of the site while one runs, and a database that cannot hold it.
 */
export async function startMove(
  context: MoveContext,
  siteId: string,
  { database: target, alone = false }: MoveWish,
): Promise<MoveRow | undefined> {
  const { env, directory, clock } = context;
  const site = await findSite(directory, siteId);
  if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
  const last = await findLastMove(directory, siteId);
  if (last && last.finishedAt === null) {
    if (last.target === target && last.abortReason === null) return last;
    throw refusal("IN_USE", `The site is being moved from ${last.source} to ${last.target}; that move ends first.`);
  }
  if (site.database === target) return undefined;
  if (!siteDatabaseNames(env).includes(target)) throw invalid(`There is no binding ${target}.`);
  if (!(await suits(directory, target, site))) throw invalid(`${target} is kept for sites of another jurisdiction.`);
  if (alone && (await isLivedIn(context, target))) throw refusal("IN_USE", `${target} has other sites.`);
  const [here, there] = await Promise.all([site.database, target].map((name) => siteSchema(openDatabase(env, name))));
  if (here !== there) throw refusal("IN_USE", `${target} has other migrations than ${site.database}; apply what it lacks first.`);
  const move: MoveRow = {
    id: newUuid(),
    siteId,
    source: site.database,
    target,
    epoch: site.epoch + 1,
    step: "closing",
    progress: atTheBeginning,
    tables: [],
    abortReason: null,
    waitUntil: 0,
    revision: 1,
    createdAt: clock(),
    finishedAt: null,
  };
  try {
    const statements = [requireEpoch(directory, site), insertMove(directory, move)] as const;
    await directory.orm.batch(alone ? [...statements, closeToNewSites(directory, target)] : statements);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another request began one in between.
    return startMove(context, siteId, { database: target, alone });
  }
  return move;
}

async function isLivedIn({ directory }: MoveContext, database: string): Promise<boolean> {
  const counts = await countSitesByDatabase(directory);
  return (counts.get(database) ?? 0) > 0 || (await listRunningMoves(directory)).some(({ target }) => target === database);
}

function invalid(message: string) {
  return refusal("VALIDATION_ERROR", message, [{ pointer: "/database", code: "invalid", message }]);
}
