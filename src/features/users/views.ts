import { instant } from "../../kernel/clock.ts";
import { credentialHumans } from "./credential.ts";
import type { UserView } from "./schemas.ts";
import type { UserRow } from "./store.ts";

export function userView(row: UserRow): UserView {
  const { id, firmId, email, name, role, passwordSetAt, mustChangePassword, createdAt } = row;
  return {
    id,
    firmId,
    email,
    name,
    role,
    passwordSetAt: passwordSetAt === null ? null : instant(passwordSetAt),
    mustChangePassword,
    credentialSetBy: credentialHumans(row)[0] ?? null,
    credentialConfirmedBy: row.credentialConfirmedBy,
    createdAt: instant(createdAt),
  };
}
