import type { DirectoryDatabase } from "../../db/directory-database.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Role } from "../../kernel/role.ts";
import { credentialColumns } from "./credential.ts";
import type { Credential } from "./domain/password-setter.ts";
import { hashNewPassword, requirePasswordFit } from "./new-password.ts";
import { insertUser, putPassword, type UserRow } from "./store.ts";

export interface UserWish {
  readonly firmId: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly mustChangePassword: boolean;
}

/** Who sets the new user's password, where it is not the user. */
export type PasswordSetter = (userId: string) => Credential | undefined;

/** A user's rows. Without a password the user cannot sign in. `pointer`: where the request has the password. */
export async function newUser(
  context: { readonly env: Cloudflare.Env; readonly directory: DirectoryDatabase; readonly clock: Clock; readonly newId: () => string },
  wish: UserWish,
  password: string | undefined,
  pointer: string,
  setter: PasswordSetter = () => undefined,
) {
  const { directory } = context;
  const [id, nowMs] = [context.newId(), context.clock()];
  const none = {
    revision: 1,
    toldRevision: 1,
    passwordSetAt: null,
    lastSignInAt: null,
    devicesFrom: null,
    deletedAt: null,
    createdAt: nowMs,
  };
  if (password === undefined) {
    const user: UserRow = { id, ...wish, ...none, ...credentialColumns(undefined), mustChangePassword: false };
    return { user, statements: [insertUser(directory, user)] };
  }
  requirePasswordFit(password, wish.email, pointer);
  const user: UserRow = { id, ...wish, ...none, ...credentialColumns(setter(id)), passwordSetAt: nowMs };
  const hash = await hashNewPassword(context, user, password);
  return { user, statements: [insertUser(directory, user), putPassword(directory, id, hash)] };
}
