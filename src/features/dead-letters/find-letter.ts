import { findSiteScope } from "../../db/site-rows.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { allLetters, type DeadLetterRow, findDeadLetter, type Letters } from "./store.ts";

/** Whether a row is where its site lives: a move leaves a copy in another database for a while. */
async function isAtHome({ directory }: BaseContext, { database }: Letters, { siteId }: DeadLetterRow): Promise<boolean> {
  return database === null || (await findSiteScope(directory, siteId))?.database === database;
}

/** The letters of a page that are where their sites live. */
export async function atHome(
  context: BaseContext,
  found: readonly { readonly letters: Letters; readonly row: DeadLetterRow }[],
): Promise<DeadLetterRow[]> {
  const home = await Promise.all(found.map(({ letters, row }) => isAtHome(context, letters, row)));
  return found.filter((_, no) => home[no]).map(({ row }) => row);
}

/** The letter with an id, in whichever database it is. Refuses, as `NOT_FOUND`, an id that none has. */
export async function letterOfId(context: BaseContext, id: string): Promise<DeadLetterRow> {
  const found = await Promise.all(
    allLetters(context.env, context.directory).map(async (letters) => ({ letters, row: await findDeadLetter(letters, id) })),
  );
  const rows = await atHome(
    context,
    found.flatMap(({ letters, row }) => (row === undefined ? [] : [{ letters, row }])),
  );
  const [row] = rows;
  if (row === undefined) throw refusal("NOT_FOUND", "There is no dead letter with this id.");
  return row;
}
