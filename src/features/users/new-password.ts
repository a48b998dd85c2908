import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { refusal } from "../../platform/refused.ts";
import { passwordFault } from "./domain/password-rules.ts";
import { hashPassword, passwordCost } from "./password-hash.ts";
import { passwordsOfEmail } from "./store.ts";

/** Refuses, as `VALIDATION_ERROR`, what is no password for the user of this email. */
export function requirePasswordFit(password: string, email: string, pointer: string): void {
  const message = passwordFault(password, email);
  if (message !== undefined) throw refusal("VALIDATION_ERROR", message, [{ pointer, code: "invalid", message }]);
}

/** The hash of a user's new password. */
export async function hashNewPassword(
  { env, directory }: { readonly env: Cloudflare.Env; readonly directory: DirectoryDatabase },
  user: { readonly id: string; readonly email: string },
  password: string,
): Promise<string> {
  const ofEmail = await passwordsOfEmail(directory, user.email);
  return hashPassword(
    passwordCost(env),
    password,
    user.id,
    ofEmail.filter(({ userId }) => userId !== user.id),
  );
}
