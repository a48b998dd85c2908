import { and, eq, gt, max } from "drizzle-orm";
import type { LedgerIdentity } from "../ledger/rpc.ts";
import type { DirectoryDatabase } from "./directory-database.ts";
import { ledgerNumbers } from "./ledger-number-tables.ts";

/** The number of a ledger, given when it is first asked for and never again to another. */
export async function allocateLedgerNumber(
  directory: DirectoryDatabase,
  ledger: {
    readonly ledgerId: string;
    readonly siteId: string;
    readonly entityId: string;
    readonly currency: string;
    readonly scale: number;
    readonly createdAt: number;
  },
): Promise<number> {
  await directory.orm.insert(ledgerNumbers).values(ledger).onConflictDoNothing({ target: ledgerNumbers.ledgerId }).run();
  const row = await directory.orm.select().from(ledgerNumbers).where(eq(ledgerNumbers.ledgerId, ledger.ledgerId)).get();
  if (!row) throw new Error("assertion failed: the ledger's number was just given");
  return row.number;
}

/** What a ledger is, for opening its object. */
export async function ledgerIdentity(directory: DirectoryDatabase, ledgerNumber: number): Promise<LedgerIdentity | undefined> {
  const row = await directory.orm.select().from(ledgerNumbers).where(eq(ledgerNumbers.number, ledgerNumber)).get();
  return (
    row && {
      number: row.number,
      ledgerId: row.ledgerId,
      siteId: row.siteId,
      entityId: row.entityId,
      currency: row.currency,
      scale: row.scale,
    }
  );
}

/** The last number that a ledger of the site was given; 0 where none was. */
export async function lastLedgerNumber(directory: DirectoryDatabase, siteId: string): Promise<number> {
  const row = await directory.orm
    .select({ last: max(ledgerNumbers.number) })
    .from(ledgerNumbers)
    .where(eq(ledgerNumbers.siteId, siteId))
    .get();
  return row?.last ?? 0;
}

const ledgersPerPage = 1_000;

/** Every ledger that the site ever had, by number, a thousand at a time. */
export async function listLedgerNumbers(directory: DirectoryDatabase, siteId: string, after: number) {
  return directory.orm
    .select()
    .from(ledgerNumbers)
    .where(and(eq(ledgerNumbers.siteId, siteId), gt(ledgerNumbers.number, after)))
    .orderBy(ledgerNumbers.number)
    .limit(ledgersPerPage);
}
