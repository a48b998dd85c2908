import { databasesOfSites } from "../../db/site-rows.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { allLetters, type DeadLetterRow, findDeadLetter, type Letters } from "./store.ts";

/** Those of the sites that live in another database: a move leaves a copy of their letters for a while. The directory's letters are at home. */
export async function sitesAway(
  { directory }: BaseContext,
  { database }: Letters,
  found: readonly { readonly siteId: string }[],
): Promise<string[]> {
  if (database === null || found.length === 0) return [];
  const siteIds = found.map(({ siteId }) => siteId);
  const homes = await databasesOfSites(directory, siteIds);
  return siteIds.filter((siteId) => homes.get(siteId) !== database);
}

/** The letter with an id, in whichever database it is. Refuses, as `NOT_FOUND`, an id that none has. */
export async function letterOfId(context: BaseContext, id: string): Promise<DeadLetterRow> {
  const found = await Promise.all(
    allLetters(context.env, context.directory).map(async (letters) => {
      const row = await findDeadLetter(letters, id);
      return row === undefined || (await sitesAway(context, letters, [row])).length > 0 ? [] : [row];
    }),
  );
  const [row] = found.flat();
  if (row === undefined) throw refusal("NOT_FOUND", "There is no dead letter with this id.");
  return row;
}
