import type { UserStanding } from "../../access/token.ts";
import type { OperationContext } from "../../operation/context.ts";
import type { CredentialColumns, UserRow } from "./store.ts";

/** Who else set a user's password. */
export interface Credential {
  /** Who did it: the person, or those who hold the key. */
  readonly setBy: readonly string[];
  /** They, and everyone behind them. */
  readonly humans: readonly string[];
}

/** Who sets a user's password, as far as it is somebody else; undefined where it is the user alone, with a key of theirs for instance. */
export function credentialBy({ actor }: Pick<OperationContext, "actor">, userId: string): Credential | undefined {
  const { kind, id, humans = [], credentialSetBy = [] } = actor;
  // Of a key that nobody is known to hold, its principal counts as the human.
  const setBy = kind === "person" || humans.length === 0 ? [id] : humans;
  const others = (ids: readonly string[]) => [...new Set(ids)].filter((other) => other !== userId);
  const credential = { setBy: others(setBy), humans: others([...setBy, ...humans, ...credentialSetBy]) };
  return credential.humans.length === 0 ? undefined : credential;
}

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
