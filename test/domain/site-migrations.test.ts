import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const folder = path.resolve(import.meta.dirname, "../../migrations/site");
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort();

/** A site's database with the migrations that are chosen. */
function migrated(db: DatabaseSync, choose: (name: string) => boolean): void {
  for (const name of migrations.filter(choose)) db.exec(readFileSync(path.join(folder, name), "utf8"));
}

test("jobs that were listed before a job knew its ledger's number and entity learn both", () => {
  const db = new DatabaseSync(":memory:");
  migrated(db, (name) => name < "0003");
  db.exec(`
    INSERT INTO entities (site_id, id, kind, name, functional_currency, scale, fiscal_year_start, functional_ledger_id, metadata, status, revision,
      created_at, updated_at) VALUES ('s', 'e', 'company', 'E', 'USD', 2, '01-01', 'l', '{}', 'active', 1, 0, 0);
    INSERT INTO ledgers (site_id, id, number, entity_id, currency, scale, functional, fiscal_year_start, name, metadata, revision, created_at, updated_at)
      VALUES ('s', 'l', 7, 'e', 'USD', 2, 1, '01-01', 'USD', '{}', 1, 0, 0);
    INSERT INTO jobs (site_id, id, type, ledger_id, created_at) VALUES ('s', 'j', 'verify_ledger', 'l', 5);
  `);
  migrated(db, (name) => name >= "0003");
  expect({ ...db.prepare("SELECT * FROM jobs").get() }).toMatchObject({
    site_id: "s",
    id: "j",
    type: "verify_ledger",
    ledger_id: "l",
    ledger_number: 7,
    entity_id: "e",
    created_at: 5,
  });
});
