import type { TokenRow } from "../../db/tokens.ts";
import { instant } from "../../kernel/clock.ts";
import type { TokenView } from "./schemas.ts";

function instantOrNull(atMs: number | null): string | null {
  return atMs === null ? null : instant(atMs);
}

export function tokenView(row: TokenRow, nowMs: number): TokenView {
  const expired = row.expiresAt !== null && row.expiresAt <= nowMs;
  return {
    id: row.id,
    siteId: row.siteId,
    name: row.name,
    kind: row.kind,
    role: row.role,
    principalId: row.principalId,
    entityIds: row.entityIds,
    hint: row.hint,
    status: row.revokedAt !== null ? "revoked" : expired ? "expired" : "active",
    expiresAt: instantOrNull(row.expiresAt),
    revokedAt: instantOrNull(row.revokedAt),
    lastUsedAt: instantOrNull(row.lastUsedAt),
    createdAt: instant(row.createdAt),
    heldBy: holdersOf(row),
    madeInSession: row.madeInSession,
    independent: row.independentSetBy !== null,
    independentSetBy: row.independentSetBy,
    independentSetAt: instantOrNull(row.independentSetAt),
    successorId: row.successorId,
  };
}

/** The users behind a key. Of an earlier build's nobody is known, but that a person's is that person's. */
function holdersOf({ kind, principalId, heldBy }: TokenRow): string[] {
  const known = heldBy ?? [];
  return kind !== "person" || known.includes(principalId) ? known : [principalId, ...known];
}
