/** Who may do what, from the most to the least. The same gates hold for people, services and agents. */
export const roles = ["OWNER", "ADMIN", "APPROVER", "PREPARER", "REVIEWER"] as const;
export type Role = (typeof roles)[number];

export const principalKinds = ["person", "service", "agent"] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** The person, service or agent that acts, as it is stored with what it did. */
export interface Actor {
  readonly kind: PrincipalKind;
  readonly id: string;
  readonly role: Role;
  /** The ids of the users behind it: of a person themselves, of a key those who made it or were shown its secret. An edge of an earlier build does not say. */
  readonly humans?: readonly string[];
  /** Who else set the password by which one of them signs in, and so may be the one who acts: left out where nobody did. */
  readonly credentialSetBy?: readonly string[];
  /** An OWNER has said of the key that what it prepares is not the doing of those who hold it. */
  readonly independent?: true;
  /** A person who acts in a session, or with a key that they made in one. */
  readonly madeInSession?: true;
}

/** Every permission, with the least role that has it. */
export const permissions = {
  read: "REVIEWER",
  /** What concerns the caller alone. */
  self: "REVIEWER",
  "entries:prepare": "PREPARER",
  "entries:post": "PREPARER",
  "entries:approve": "APPROVER",
  "entries:reverse": "APPROVER",
  "periods:lock": "APPROVER",
  "catalogue:write": "ADMIN",
  "ledgers:verify": "REVIEWER",
  "tokens:write": "ADMIN",
  "sites:write": "ADMIN",
  "users:write": "ADMIN",
} as const satisfies Record<string, Role>;
export type Permission = keyof typeof permissions;

/** Whether `role` may do what needs `permission`. */
export function may(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) <= roles.indexOf(permissions[permission]);
}

/** The one of two roles that may less. */
export function lesserRole(one: Role, other: Role): Role {
  return reaches(one, other) ? other : one;
}

/** Whether `role` reaches at least as far as `other`. */
export function reaches(role: Role, other: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(other);
}
