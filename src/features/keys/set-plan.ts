import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { findTokenPlace } from "../../db/tokens.ts";
import { objectOf } from "../../platform/objects.ts";
import { refusal } from "../../platform/refused.ts";

/** Sets how many requests a minute a token may send. The operator's alone. */
export async function setPlan(
  { env, directory }: { readonly env: Cloudflare.Env; readonly directory: DirectoryDatabase },
  id: string,
  requestsPerMinute: number,
): Promise<void> {
  const place = await findTokenPlace(directory, id);
  if (!place || !(await objectOf(env.ACCESS, place, id).setPlan(requestsPerMinute)))
    throw refusal("NOT_FOUND", "There is no token with this id.");
}
