import { findTokenResidency } from "../../db/tokens.ts";
import type { BaseContext } from "../../operation/context.ts";
import { objectOf } from "../../platform/objects.ts";
import { refusal } from "../../platform/refused.ts";

/** Sets how many requests a minute a token may send. The operator's alone. */
export async function setPlan(
  { env, directory }: BaseContext,
  id: string,
  requestsPerMinute: number,
): Promise<{ readonly id: string; readonly requestsPerMinute: number }> {
  const place = await findTokenResidency(directory, id);
  if (!place || !(await objectOf(env.ACCESS, place, id).setPlan(requestsPerMinute)))
    throw refusal("NOT_FOUND", "There is no token with this id.");
  return { id, requestsPerMinute };
}
