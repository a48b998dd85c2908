import { findSiteScope } from "../../db/site-rows.ts";
import type { BaseContext } from "../../operation/context.ts";
import { type Letters, lettersOfNoSite, lettersOfSite } from "./store.ts";

/** A dead letter by its id and where it is stored. */
export interface LetterId {
  /** "" for none. */
  readonly siteId: string;
  readonly id: string;
}

/** A message that is sent again, and the letter that it was stored in. */
export interface SentAgain {
  readonly deadLetter: LetterId;
  readonly message: unknown;
}

/** The message inside a body, and the letter that it comes from where it was sent again. */
export function openBody(body: unknown): { readonly message: unknown; readonly letter: LetterId | undefined } {
  if (!isSentAgain(body)) return { message: body, letter: undefined };
  return { message: body.message, letter: body.deadLetter };
}

/** No message of a queue has such a member but by `retryDeadLetter`. */
function isSentAgain(body: unknown): body is SentAgain {
  return typeof body === "object" && body !== null && "deadLetter" in body && "message" in body;
}

/** Where letters of a site are: in its database, and in the directory where there is no such site. */
export async function lettersFor({ env, directory }: BaseContext, siteId: string): Promise<Letters> {
  const site = siteId === "" ? undefined : await findSiteScope(directory, siteId);
  return site === undefined ? lettersOfNoSite(directory) : lettersOfSite(env, site);
}
