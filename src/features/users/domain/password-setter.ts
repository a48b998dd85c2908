import type { Actor } from "../../../kernel/role.ts";

/** Who else set a user's password. */
export interface Credential {
  /** Who did it: the person, or those who hold the key. */
  readonly setBy: readonly string[];
  /** They, and everyone behind them. */
  readonly humans: readonly string[];
}

/** Who sets a user's password, as far as it is somebody else; undefined where it is the user alone, with a key of theirs for instance. */
export function credentialBy({ kind, id, humans = [], credentialSetBy = [] }: Actor, userId: string): Credential | undefined {
  // Of a key that nobody is known to hold, its principal counts as the human.
  const setBy = kind === "person" || humans.length === 0 ? [id] : humans;
  const others = (ids: readonly string[]) => [...new Set(ids)].filter((other) => other !== userId);
  const everyone = others([...setBy, ...humans, ...credentialSetBy]);
  if (everyone.length === 0) return undefined;
  // With a key of the user's own it is whoever may be the user: they would else be free to confirm what they have set.
  const setters = others(setBy);
  return { setBy: setters.length === 0 ? everyone : setters, humans: everyone };
}

/** A service's key of the role OWNER, which brings a firm's people in before any of them can sign in. */
export function isFoundersKey({ kind, role }: Actor): boolean {
  return kind === "service" && role === "OWNER";
}
