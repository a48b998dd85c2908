import type { Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim, type SecretWork } from "../../operation/commit-secret-once.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { isChangedMeanwhile } from "./store.ts";

/** Changes a user once per key. Refuses, as `PRECONDITION_FAILED`, where the user has changed since they were read. */
export async function commitUser<V>(context: OperationContext, work: () => Promise<SecretWork<V>>): Promise<Once<V>> {
  try {
    return await commitSecretOnce(context.directory, ownClaim(context), context.clock, work);
  } catch (error) {
    if (!isChangedMeanwhile(error)) throw error;
    throw refusal("PRECONDITION_FAILED", "The user was changed meanwhile.");
  }
}
