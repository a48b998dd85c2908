import { and, asc, desc, eq, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { pageOfDirectory } from "../../db/directory-page.ts";
import { deleteInPieces } from "../../db/purge.ts";
import { inNoOrder } from "../../db/sweep-order.ts";
import { hasTokenAt, keepsSiteOwnerKeys, noEarlierThanSessions, takeSiteOwnerKeys } from "../../db/tokens.ts";
import { sessionIdleMs, usersPerSignInMax } from "../../kernel/bounds.ts";
import { hasMessage } from "../../kernel/error-causes.ts";
import type { Page } from "../../kernel/page.ts";
import type { Role } from "../../kernel/role.ts";
import { passwords, sessions, users } from "./directory-tables.ts";

export type UserRow = typeof users.$inferSelect;
/** Who else has set a user's password, and who has said that it is their own by now. */
export type CredentialColumns = Pick<UserRow, "credentialSetBy" | "credentialHumans" | "credentialConfirmedBy" | "credentialConfirmedAt">;
export type SessionRow = typeof sessions.$inferSelect;

export function insertUser(directory: DirectoryDatabase, row: UserRow) {
  return directory.orm.insert(users).values(row);
}

/** A user of the firm who has not left it. `siteId`: of those alone who have a key or a session there. */
export async function findUser(directory: DirectoryDatabase, firmId: string, id: string, siteId?: string): Promise<UserRow | undefined> {
  return directory.orm
    .select()
    .from(users)
    .where(and(isOfFirm(firmId, siteId), eq(users.id, id)))
    .get();
}

/** A user by id, whether or not they have left. */
export async function findUserEver(directory: DirectoryDatabase, firmId: string, id: string): Promise<UserRow | undefined> {
  return directory.orm
    .select()
    .from(users)
    .where(and(eq(users.firmId, firmId), eq(users.id, id)))
    .get();
}

export function listUserRows(directory: DirectoryDatabase, firmId: string, siteId: string | undefined, page: Page<"createdAt">) {
  return pageOfDirectory(directory, users, isOfFirm(firmId, siteId), page);
}

/** The firm's OWNERs, who have not left it. */
export async function ownerIds(directory: DirectoryDatabase, firmId: string): Promise<string[]> {
  const rows = await directory.orm
    .select({ id: users.id })
    .from(users)
    .where(and(isOfFirm(firmId, undefined), eq(users.role, "OWNER")));
  return rows.map(({ id }) => id);
}

function isOfFirm(firmId: string, siteId: string | undefined) {
  return and(eq(users.firmId, firmId), isNull(users.deletedAt), siteId === undefined ? undefined : hasTokenAt(siteId, users.id));
}

/** A user of an email whose password can be tried. */
export interface SignInCandidate {
  readonly userId: string;
  readonly hash: string;
  readonly firmId: string;
  readonly devicesFrom: number | null;
}

/** The users of an email in all firms whose passwords are tried: who signed in last, then the oldest. */
export async function passwordsOfEmail(directory: DirectoryDatabase, email: string): Promise<SignInCandidate[]> {
  return selectCandidates(directory, eq(users.email, email))
    .orderBy(desc(users.lastSignInAt), asc(users.createdAt), asc(users.id))
    .limit(usersPerSignInMax);
}

/** The user of an email in the firm, or of an id. */
export async function candidateOfEmail(
  directory: DirectoryDatabase,
  email: string,
  named: { readonly firmId: string } | { readonly userId: string },
): Promise<SignInCandidate | undefined> {
  const one = "firmId" in named ? eq(users.firmId, named.firmId) : eq(users.id, named.userId);
  return selectCandidates(directory, and(eq(users.email, email), one)).get();
}

function selectCandidates(directory: DirectoryDatabase, which: SQL | undefined) {
  return directory.orm
    .select({ userId: passwords.userId, hash: passwords.hash, firmId: users.firmId, devicesFrom: users.devicesFrom })
    .from(users)
    .innerJoin(passwords, eq(passwords.userId, users.id))
    .where(and(which, isNull(users.deletedAt), isNotNull(users.passwordSetAt)));
}

/** Notes a sign-in, in the batch that makes its session. It is no change of the user: the revision stays. */
export function markSignedIn(directory: DirectoryDatabase, userId: string, atMs: number) {
  return directory.orm.update(users).set({ lastSignInAt: atMs }).where(eq(users.id, userId));
}

export async function findPasswordHash(directory: DirectoryDatabase, userId: string): Promise<string | undefined> {
  const row = await directory.orm.select({ hash: passwords.hash }).from(passwords).where(eq(passwords.userId, userId)).get();
  return row?.hash;
}

export function putPassword(directory: DirectoryDatabase, userId: string, hash: string) {
  return directory.orm.insert(passwords).values({ userId, hash }).onConflictDoUpdate({ target: passwords.userId, set: { hash } });
}

/** Puts a hash in the place of the one it was made from the password of. */
export async function replaceHash(directory: DirectoryDatabase, userId: string, before: string, hash: string): Promise<void> {
  await directory.orm
    .update(passwords)
    .set({ hash })
    .where(and(eq(passwords.userId, userId), eq(passwords.hash, before)))
    .run();
}

/** How a password was set. `credential`: what else changes, where somebody else has set it. */
interface PasswordSet {
  readonly mustChangePassword: boolean;
  readonly atMs: number;
  readonly isOwn: boolean;
  readonly credential: CredentialColumns | undefined;
}

/**
 * Notes that the password was set, in the batch that sets it. The batch fails as a whole where the user has changed since `user` was read: an ADMIN must not reset
 * who has become OWNER. `isOwn`: the user set it themselves, and their devices stay known.
 *
 * It is set after every session that is there, whatever their clocks say: one that began with the password before, while the new one was being hashed, ends with
 * the others. A session that is listed later finds that its password is another.
 */
export function markPasswordSet(directory: DirectoryDatabase, user: UserRow, { mustChangePassword, atMs, isOwn, credential }: PasswordSet) {
  const setAt = noEarlierThanSessions(user.id, atMs);
  return directory.orm
    .update(users)
    .set({
      mustChangePassword: ifUnchanged(user, mustChangePassword),
      passwordSetAt: setAt,
      ...(isOwn ? {} : { devicesFrom: setAt }),
      ...credential,
      revision: user.revision + 1,
    })
    .where(eq(users.id, user.id));
}

/** Notes that the user was confirmed, in a batch that fails as that of `markPasswordSet` does. Who has yet to change their password is not confirmed. */
export function markConfirmed(directory: DirectoryDatabase, user: UserRow, by: string, atMs: number) {
  return directory.orm
    .update(users)
    .set({
      mustChangePassword: ifUnchanged(user, false),
      credentialConfirmedBy: by,
      credentialConfirmedAt: atMs,
      revision: user.revision + 1,
    })
    .where(eq(users.id, user.id));
}

/** A value of `must_change_password` that fails the batch where the user has changed since: SQL has no other word for it than a null where none is taken. */
function ifUnchanged({ revision }: UserRow, mustChangePassword: boolean): SQL {
  const unchanged = sql`${users.revision} = ${revision} and ${users.deletedAt} is null`;
  return sql`case when ${unchanged} then ${mustChangePassword ? 1 : 0} end`;
}

/** Whether a batch failed because of `ifUnchanged`. */
export function isChangedMeanwhile(error: unknown): boolean {
  return hasMessage(error, /NOT NULL constraint failed: users\.must_change_password/);
}

/** Whether the firm has an OWNER without this one. Part of the statement that removes one, so that of the last two at once only one goes. */
function keepsAnOwner(user: UserRow): SQL {
  return sql`exists (select 1 from ${users} as other where other.firm_id = ${user.firmId} and other.id <> ${user.id}
    and other.role = 'OWNER' and other.deleted_at is null)`;
}

/** Changes a user as it was read. Undefined where it has changed since, or is the last OWNER, of the firm or of one of its sites, and would not be one. */
export async function changeUser(
  directory: DirectoryDatabase,
  user: UserRow,
  change: {
    readonly name?: string | null;
    readonly role?: Role;
    readonly deletedAt?: number;
  },
): Promise<UserRow | undefined> {
  const staysOwner = user.role !== "OWNER" || ((change.role ?? "OWNER") === "OWNER" && change.deletedAt === undefined);
  const asRead = and(eq(users.id, user.id), eq(users.revision, user.revision), isNull(users.deletedAt));
  const changed = directory.orm.update(users).set({ ...change, revision: user.revision + 1 });
  if (staysOwner) return changed.where(asRead).returning().get();
  const isNoOwner = sql`exists (select 1 from ${users} where id = ${user.id} and (role <> 'OWNER' or deleted_at is not null))`;
  const taken = change.deletedAt === undefined ? { role: change.role ?? "OWNER" } : { expiresAt: change.deletedAt };
  const [rows] = await directory.orm.batch([
    changed.where(and(asRead, keepsAnOwner(user), keepsSiteOwnerKeys(user.id))).returning(),
    takeSiteOwnerKeys(directory, user.id, taken, isNoOwner),
  ]);
  return rows[0];
}

/** Notes that a user's sessions and keys know what the user is at this revision. */
export async function markPropagated(directory: DirectoryDatabase, { id, revision }: UserRow): Promise<void> {
  await directory.orm
    .update(users)
    .set({ toldRevision: revision })
    .where(and(eq(users.id, id), lt(users.toldRevision, revision)))
    .run();
}

/** What one run propagates at most: the next continues. */
const propagatedPerRunMax = 100;

/** Some of the users whose sessions and keys have not all learnt of a change. */
export async function usersToPropagate(directory: DirectoryDatabase): Promise<UserRow[]> {
  return directory.orm.select().from(users).where(lt(users.toldRevision, users.revision)).orderBy(inNoOrder).limit(propagatedPerRunMax);
}

/** Forgets the password of who has left. */
export async function deletePassword(directory: DirectoryDatabase, userId: string): Promise<void> {
  await directory.orm.delete(passwords).where(eq(passwords.userId, userId)).run();
}

export function insertSession(directory: DirectoryDatabase, row: SessionRow) {
  return directory.orm.insert(sessions).values(row);
}

export async function findSession(directory: DirectoryDatabase, id: string): Promise<SessionRow | undefined> {
  return directory.orm.select().from(sessions).where(eq(sessions.id, id)).get();
}

/** Gives the session its next refresh token in the place of this one. In one statement, so that of two uses only one succeeds. */
export async function turnSession(
  directory: DirectoryDatabase,
  session: SessionRow,
  next: { readonly turnHash: string; readonly atMs: number },
): Promise<boolean> {
  const turned = await directory.orm
    .update(sessions)
    .set({ turnHash: next.turnHash, refreshedAt: next.atMs })
    .where(and(eq(sessions.id, session.id), eq(sessions.turnHash, session.turnHash)))
    .returning({ id: sessions.id });
  return turned.length > 0;
}

/** Deletes what no refresh token is compared with any more. */
export async function deleteEndedSessions(directory: DirectoryDatabase, nowMs: number): Promise<void> {
  const ended = sql`${sessions.expiresAt} < ${nowMs} or ${sessions.refreshedAt} < ${nowMs - sessionIdleMs}`;
  await deleteInPieces(directory.orm, sessions, ended);
}
