import { and, eq, gt, ne, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type FilterConditions, type FoundRows, listRows } from "../../db/list-rows.ts";
import { deletePiece, rowsPerPiece } from "../../db/purge.ts";
import type { SiteDatabase } from "../../db/site-database.ts";
import type { Page } from "../../kernel/page.ts";
import type { AccountView } from "../../ledger/rpc.ts";
import { hasLedger } from "../ledgers/index.ts";
import type { ExistingNode } from "./domain/chart-tree.ts";
import type { AccountsFilter } from "./schemas.ts";
import { accounts } from "./tables.ts";

export type AccountRow = typeof accounts.$inferSelect;

/** The platform accepts strings of up to 2 MB; a row of an account has less than 8 KB of text. */
const rowsPerStatement = 200;

/** Writes the rows of accounts in place of older ones. A row newer than what is given stays; accounts of ledgers that the site does not have are left out. */
export async function upsertAccounts(db: SiteDatabase, views: readonly AccountView[]): Promise<void> {
  for (const statement of upsertAccountStatements(db, views)) await statement;
}

/** Writes the rows of accounts in place of any others, newer ones too. */
export async function overwriteAccounts(db: SiteDatabase, views: readonly AccountView[]): Promise<void> {
  for (const statement of upsertAccountStatements(db, views, sql`true`)) await statement;
}

/** Ids of accounts in the catalogue, by id. */
export async function listAccountIds(db: SiteDatabase, ledgerId: string, after: string | null, limit: number): Promise<string[]> {
  const rows = await db.orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.siteId, db.siteId), eq(accounts.ledgerId, ledgerId), after === null ? undefined : gt(accounts.id, after)))
    .orderBy(accounts.id)
    .limit(limit);
  return rows.map(({ id }) => id);
}

export async function removeAccounts(db: SiteDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.orm.delete(accounts).where(and(eq(accounts.siteId, db.siteId), among(accounts.id, ids)));
}

/** One parameter for any number of them: the platform accepts 100. */
function among(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

const ifNewer = sql`excluded.revision > accounts.revision`;

/** The statements of `upsertAccounts`, for a batch. */
export function upsertAccountStatements(db: SiteDatabase, views: readonly AccountView[], where = ifNewer) {
  const statements = [];
  for (let i = 0; i < views.length; i += rowsPerStatement) {
    const rows = JSON.stringify(views.slice(i, i + rowsPerStatement).map((view) => ({ ...view, createdAt: Date.parse(view.createdAt) })));
    const upsert = sql`
      INSERT INTO ${accounts} (site_id, id, ledger_id, code, name, description, type, subtype, parent_id, role, stable_key, external_id,
        min_balance, max_balance, status, created_at, revision)
      SELECT ${db.siteId}, value ->> 'id', value ->> 'ledgerId', value ->> 'code', value ->> 'name', value ->> 'description', value ->> 'type',
        value ->> 'subtype', value ->> 'parentId', value ->> 'role', value ->> 'stableKey', value ->> 'externalId',
        value ->> 'minBalance', value ->> 'maxBalance', value ->> 'status', value ->> 'createdAt', value ->> 'revision'
      FROM json_each(${rows})
      WHERE ${hasLedger(db, sql`value ->> 'ledgerId'`)}
      ON CONFLICT (site_id, id) DO UPDATE SET
        code = excluded.code, name = excluded.name, description = excluded.description, type = excluded.type, subtype = excluded.subtype,
        parent_id = excluded.parent_id, role = excluded.role, stable_key = excluded.stable_key, external_id = excluded.external_id,
        min_balance = excluded.min_balance, max_balance = excluded.max_balance, status = excluded.status, revision = excluded.revision
      WHERE ${where}`;
    statements.push(db.orm.run(upsert));
  }
  return statements;
}

const accountFilters: FilterConditions<AccountsFilter> = {
  type: (type) => eq(accounts.type, type),
  code: (code) => eq(accounts.code, code),
  // Not LIKE, whose patterns the platform limits to 50 bytes.
  search: (text) => sql`(instr(lower(${accounts.name}), lower(${text})) > 0 OR instr(lower(${accounts.code}), lower(${text})) > 0)`,
  status: (status) => eq(accounts.status, status),
  externalId: (externalId) => eq(accounts.externalId, externalId),
  role: (role) => eq(accounts.role, role),
  parentId: (parentId) => eq(accounts.parentId, parentId),
};

export function listAccountRows(
  db: SiteDatabase,
  ledgerId: string,
  filter: AccountsFilter,
  page: Page<"code" | "name" | "createdAt">,
): Promise<FoundRows<AccountRow>> {
  return listRows(db, {
    table: accounts,
    sorts: { code: accounts.code, name: accounts.name, createdAt: accounts.createdAt },
    where: [eq(accounts.ledgerId, ledgerId), ne(accounts.status, "deleted")],
    filters: accountFilters,
    asked: filter,
    page,
  });
}

export async function listAccountNodes(db: SiteDatabase, ledgerId: string): Promise<ExistingNode[]> {
  return db.orm
    .select({ code: accounts.code, type: accounts.type, role: accounts.role, externalId: accounts.externalId })
    .from(accounts)
    .where(and(eq(accounts.siteId, db.siteId), eq(accounts.ledgerId, ledgerId), ne(accounts.status, "deleted")));
}

/** Removes some of the accounts of ledgers; false where few are left. `ledgerIds`: which, as a part of a statement. */
export async function deleteSomeAccountsOf(db: SiteDatabase, ledgerIds: SQL): Promise<boolean> {
  const { meta } = await db.orm.run(deletePiece(accounts, sql`${accounts.siteId} = ${db.siteId} AND ${accounts.ledgerId} IN ${ledgerIds}`));
  return meta.changes === rowsPerPiece;
}

/** The statement that removes the accounts of ledgers. `ledgerIds`: which, as a part of a statement. */
export function deleteAccountsOf(db: SiteDatabase, ledgerIds: SQL) {
  return db.orm.delete(accounts).where(and(eq(accounts.siteId, db.siteId), sql`${accounts.ledgerId} IN ${ledgerIds}`));
}
