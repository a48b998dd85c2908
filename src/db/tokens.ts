import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, not, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { hasMessage } from "../kernel/error-causes.ts";
import type { Page } from "../kernel/page.ts";
import type { Residency } from "../kernel/region.ts";
import { type PrincipalKind, type Role, reaches, roles } from "../kernel/role.ts";
import type { DirectoryDatabase } from "./directory-database.ts";
import { pageOfDirectory } from "./directory-page.ts";
import { deleteInPieces } from "./purge.ts";
import { sites } from "./site-row-tables.ts";
import { tokens } from "./token-tables.ts";

export type TokenRow = typeof tokens.$inferSelect;

export function insertToken(directory: DirectoryDatabase, row: typeof tokens.$inferInsert) {
  return directory.orm.insert(tokens).values(row);
}

/** The keys of a site, or those that are restricted to some of the entities. Its sessions are not among them. */
export function listTokenRows(directory: DirectoryDatabase, siteId: string, entityIds: readonly string[] | null, page: Page<"createdAt">) {
  const named = JSON.stringify(entityIds);
  const beyond = sql`exists (select 1 from json_each(${tokens.entityIds}) where value not in (select value from json_each(${named})))`;
  const within = entityIds === null ? undefined : and(isNotNull(tokens.entityIds), not(beyond));
  return pageOfDirectory(directory, tokens, and(eq(tokens.siteId, siteId), eq(tokens.isSession, false), within), page);
}

/** Whether a user has a key or a session at the site. */
export function hasTokenAt(siteId: string, userId: SQLiteColumn): SQL {
  return sql`exists (select 1 from ${tokens} as held where held.principal_id = ${userId} and held.site_id = ${siteId})`;
}

/** A key of the site. */
export async function findToken(directory: DirectoryDatabase, siteId: string, id: string): Promise<TokenRow | undefined> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), eq(tokens.id, id), eq(tokens.isSession, false)))
    .get();
}

/** The row of a session. */
export async function findSessionToken(directory: DirectoryDatabase, id: string): Promise<TokenRow | undefined> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.isSession, true)))
    .get();
}

/** The keys and sessions of a user, in all sites, that are not revoked; the oldest first. */
export async function tokensOfUser(directory: DirectoryDatabase, userId: string): Promise<TokenRow[]> {
  return directory.orm
    .select()
    .from(tokens)
    .where(and(eq(tokens.principalId, userId), isNull(tokens.revokedAt)))
    .orderBy(asc(tokens.createdAt), asc(tokens.id));
}

/** An instant, or the last at which a session of the user began, if that is later: in a statement, which sees every session that was listed before it. */
export function noEarlierThanSessions(userId: string, atMs: number): SQL {
  return sql`max(${atMs}, coalesce((select max(made.created_at) from ${tokens} as made where made.principal_id = ${userId} and made.is_session), 0))`;
}

/** Lists a user's keys of a higher role under this one, and the sessions under theirs, as the user's own is now. */
export async function markUserRole(directory: DirectoryDatabase, userId: string, role: Role): Promise<void> {
  const higher = roles.filter((other) => other !== role && reaches(other, role));
  const own = eq(tokens.principalId, userId);
  await directory.orm.batch([
    directory.orm
      .update(tokens)
      .set({ role })
      .where(and(own, eq(tokens.isSession, true))),
    directory.orm
      .update(tokens)
      .set({ role })
      .where(and(own, inArray(tokens.role, higher))),
  ]);
}

/** The keys that a named service or agent of the site has had: its first one, and the highest role of any. */
export async function findNamedPrincipal(
  directory: DirectoryDatabase,
  siteId: string,
  kind: PrincipalKind,
  name: string,
): Promise<{ readonly principalId: string; readonly roles: readonly Role[] } | undefined> {
  const rows = await directory.orm
    .select({ principalId: tokens.principalId, role: tokens.role })
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), eq(tokens.kind, kind), eq(tokens.name, name)))
    .groupBy(tokens.principalId, tokens.role)
    .orderBy(sql`min(${tokens.createdAt})`);
  const first = rows[0];
  return first && { principalId: first.principalId, roles: rows.map((row) => row.role) };
}

/** Deletes the rows of sessions that ended before. */
export async function deleteEndedSessionTokens(directory: DirectoryDatabase, beforeMs: number): Promise<void> {
  const ended = sql`coalesce(${tokens.revokedAt}, ${tokens.expiresAt}) < ${beforeMs}`;
  await deleteInPieces(directory.orm, tokens, sql`${tokens.isSession} and ${ended}`);
}

/** Where a token's object is stored. */
export async function findTokenResidency(directory: DirectoryDatabase, id: string): Promise<Residency | undefined> {
  return directory.orm
    .select({ jurisdiction: sites.jurisdiction, regionHint: sites.regionHint })
    .from(tokens)
    .innerJoin(sites, eq(sites.id, tokens.siteId))
    .where(eq(tokens.id, id))
    .get();
}

/** Some of the site's tokens and sessions that are not revoked, by id, to update them after a change of their site. */
export async function liveTokenIds(directory: DirectoryDatabase, siteId: string, after: string | null): Promise<string[]> {
  const rows = await directory.orm
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.siteId, siteId), isNull(tokens.revokedAt), after === null ? undefined : gt(tokens.id, after)))
    .orderBy(tokens.id)
    .limit(tokensUpdatedAtOnce);
  return rows.map((row) => row.id);
}
/** Each is a call of its own, and an invocation has a thousand on the smallest plan. */
const tokensUpdatedAtOnce = 100;

export function markRevoked(directory: DirectoryDatabase, id: string, atMs: number) {
  return directory.orm
    .update(tokens)
    .set({ revokedAt: atMs })
    .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)));
}

/** Whether it is a key without which nobody may reach the site: an OWNER's of the whole site that has not ended and does not expire. */
export function isSiteOwnerKey(row: TokenRow): boolean {
  return row.role === "OWNER" && row.entityIds === null && row.expiresAt === null && row.revokedAt === null;
}

/** The same in a statement. Sessions end. */
function isSiteOwnerKeySql(table: SQL): SQL {
  return sql`${table}.role = 'OWNER' and ${table}.entity_ids is null and ${table}.expires_at is null and ${table}.revoked_at is null`;
}

/** Whether every site in which the user has such a key has one of somebody else's too. Part of the statement that takes the user's away. */
export function keepsSiteOwnerKeys(userId: string): SQL {
  const [own, other] = [sql`own`, sql`other`];
  return sql`not exists (select 1 from ${tokens} as own where own.principal_id = ${userId} and ${isSiteOwnerKeySql(own)}
    and not exists (select 1 from ${tokens} as other where other.site_id = own.site_id and other.principal_id <> ${userId}
      and ${isSiteOwnerKeySql(other)}))`;
}

/** Takes these keys of a user from the list where the condition holds: in the batch that makes it hold, so that no other key goes in the belief that one of them stays. */
export function takeSiteOwnerKeys(
  directory: DirectoryDatabase,
  userId: string,
  change: { readonly role: Role } | { readonly expiresAt: number },
  where: SQL,
) {
  return directory.orm
    .update(tokens)
    .set(change)
    .where(and(eq(tokens.principalId, userId), isSiteOwnerKeySql(sql`${tokens}`), where));
}

/** Ends such a key in the list, where another one exists. In one statement, so that of the last two only one goes. */
export async function endUnlessLast(directory: DirectoryDatabase, row: TokenRow, atMs: number): Promise<boolean> {
  const another = sql`exists (select 1 from ${tokens} as other where other.site_id = ${row.siteId} and other.id <> ${row.id}
    and ${isSiteOwnerKeySql(sql`other`)})`;
  const ended = await directory.orm
    .update(tokens)
    .set({ expiresAt: atMs })
    .where(and(eq(tokens.id, row.id), another))
    .returning({ id: tokens.id });
  return ended.length > 0;
}

/**
 * Ends a key at an instant in favour of another one, in the batch that lists that one. The batch fails as a whole where the key has been revoked, has another end
 * than when it was read, whatever the clock of who set it says, or has a successor already: of several rotations only one succeeds. SQL has no other word for it
 * than a null where none is taken.
 */
export function endForSuccessor(
  directory: DirectoryDatabase,
  { id, expiresAt }: TokenRow,
  { successorId, endsAtMs }: { readonly successorId: string; readonly endsAtMs: number },
) {
  const isLive = sql`${tokens.revokedAt} is null and ${tokens.expiresAt} is ${expiresAt} and ${tokens.successorId} is null`;
  return directory.orm
    .update(tokens)
    .set({
      name: sql`case when ${isLive} then ${tokens.name} end`,
      expiresAt: sql`min(coalesce(${tokens.expiresAt}, ${endsAtMs}), ${endsAtMs})`,
      successorId,
    })
    .where(eq(tokens.id, id));
}

/** Whether a batch failed because of `endForSuccessor`. */
export function isEndedMeanwhile(error: unknown): boolean {
  return hasMessage(error, /NOT NULL constraint failed: tokens\.name/);
}

/** Lists what a key's object has answered of its independence, and nothing that it answered before. */
export async function markIndependence(
  directory: DirectoryDatabase,
  id: string,
  { setBy, setAtMs, revision }: { readonly setBy: string | null; readonly setAtMs: number | null; readonly revision: number },
): Promise<void> {
  await directory.orm
    .update(tokens)
    .set({ independentSetBy: setBy, independentSetAt: setAtMs, independenceRevision: revision })
    .where(and(eq(tokens.id, id), lt(tokens.independenceRevision, revision)))
    .run();
}

export async function noteTokenUse(directory: DirectoryDatabase, id: string, atMs: number): Promise<void> {
  await directory.orm.update(tokens).set({ lastUsedAt: atMs }).where(eq(tokens.id, id)).run();
}
