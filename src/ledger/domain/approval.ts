import { type Actor, type PrincipalKind, reaches } from "../../kernel/role.ts";

/** Who acts, whatever key they use: a person by their user, a service by its name. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
}

/** Who prepared an entry, as it is stored with it. */
export interface Preparer extends Principal {
  /** The users behind the keys that it prepared with. What earlier builds stored does not say. */
  readonly humans?: readonly string[];
  /** Who else set the password by which one of them signs in; left out where nobody did. */
  readonly credentialSetBy?: readonly string[];
  /** It prepared with nothing but keys of which an OWNER has said that they act by themselves. */
  readonly independent?: true;
}

/** Whose entries wait for somebody else: nobody's, a preparer's, or everyone's. A fact of the ledger. */
export const approvalPolicies = ["none", "required", "four_eyes"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

export type DraftStatus = "draft" | "pending_approval" | "voided" | "posted";

/** Whether what the actor posts waits for an approval. An agent's always does: it waits for a person. */
export function mustWait(policy: ApprovalPolicy, actor: Actor): boolean {
  if (actor.kind === "agent" || policy === "four_eyes") return true;
  return policy === "required" && !reaches(actor.role, "APPROVER");
}

/** Who acts, without what is known of the key in use. */
export function principalOf({ kind, id }: Principal): Principal {
  return { kind, id };
}

/** A principal is one by its id, whichever kind it acts as. */
export function samePrincipal(a: Principal, b: Principal): boolean {
  return a.id === b.id;
}

/** The users behind a principal. A person is one of them, and the only one where nothing else is known. */
export function humansOf({ kind, id, humans = [] }: Preparer): readonly string[] {
  return kind !== "person" || humans.includes(id) ? humans : [id, ...humans];
}

/**
 * Whether under four eyes the actor counts as the preparer: they are one principal, one human is behind both, or a human behind the one set the password by
 * which a human behind the other signs in. Two people whose passwords a third one set stay two: in a firm one person sets most first passwords.
 * An independent preparer is no human's doing; an approval always is, so that the independence of the approving key counts for nothing.
 */
export function countsAsOne(preparer: Preparer, actor: Actor): boolean {
  const [setForActor, setForPreparer] = [actor.credentialSetBy ?? [], preparer.credentialSetBy ?? []];
  // A key that nobody is known to hold stands for its humans itself, where it has set a person's password.
  if (preparer.id === actor.id || setForActor.includes(preparer.id)) return true;
  if (preparer.independent) return false;
  const [prepared, acting] = [humansOf(preparer), [actor.id, ...humansOf(actor)]];
  return (
    prepared.some((human) => acting.includes(human) || setForActor.includes(human)) ||
    setForPreparer.some((human) => acting.includes(human))
  );
}

/** Whether it is a person themselves who acts: in a session, or with a key that they made in one. An edge of an earlier build does not say. */
export function isPersonPresent({ kind, humans, madeInSession }: Actor): boolean {
  return kind === "person" && (madeInSession === true || humans === undefined);
}

/** What is stored of who prepares. */
export function preparerOf({ kind, id, humans, credentialSetBy = [], independent }: Preparer): Preparer {
  return {
    kind,
    id,
    ...(humans === undefined ? {} : { humans }),
    ...(credentialSetBy.length === 0 ? {} : { credentialSetBy }),
    ...(independent ? { independent } : {}),
  };
}

/** The preparers after `actor` wrote a version. Who prepares again adds the humans behind the key in use, and is independent only if both keys are. */
export function withPreparer(preparers: readonly Preparer[], actor: Preparer): readonly Preparer[] {
  const known = preparers.find(({ kind, id }) => kind === actor.kind && id === actor.id);
  if (known === undefined) return [...preparers, preparerOf(actor)];
  const both = bothKeys(known, actor);
  return preparers.map((one) => (one === known ? both : one));
}

function bothKeys(known: Preparer, { humans, credentialSetBy = [], independent }: Preparer): Preparer {
  const { kind, id, humans: before } = known;
  const all = before === undefined || humans === undefined ? (before ?? humans) : [...new Set([...before, ...humans])];
  return preparerOf({
    kind,
    id,
    ...(all === undefined ? {} : { humans: all }),
    credentialSetBy: [...new Set([...(known.credentialSetBy ?? []), ...credentialSetBy])],
    ...(known.independent && independent ? { independent } : {}),
  });
}
