import type { UserStanding } from "../../access/token.ts";
import type { Credential } from "./domain/password-setter.ts";
import type { CredentialColumns, UserRow } from "./store.ts";

/** The columns of a user whose password somebody else has just set; nobody, where none is given. */
export function credentialColumns(credential: Credential | undefined): CredentialColumns {
  const { setBy, humans } = credential ?? { setBy: null, humans: null };
  return {
    credentialSetBy: setBy && [...setBy],
    credentialHumans: humans && [...humans],
    credentialConfirmedBy: null,
    credentialConfirmedAt: null,
  };
}

/** The users each of whom four eyes count as one with this user, those first who set the password themselves. */
export function credentialHumans({ credentialHumans, credentialConfirmedAt }: CredentialColumns): readonly string[] {
  return credentialConfirmedAt === null ? (credentialHumans ?? []) : [];
}

/** What the sessions and keys of a user are told of the user. */
export function standingOf(user: UserRow): UserStanding & { readonly id: string } {
  const { id, role, mustChangePassword, revision } = user;
  return { id, role, mustChangePassword, revision, credentialHumans: credentialHumans(user) };
}
