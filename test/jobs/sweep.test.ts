import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { listRemovals } from "../../src/db/entities.ts";
import { waitingFanOuts } from "../../src/db/fan-outs.ts";
import { pendingSharedRecords } from "../../src/db/shared-records.ts";
import { openDatabase, siteDatabaseNames } from "../../src/db/site-database.ts";
import { siteMoving } from "../../src/db/site-fence.ts";
import { listResets } from "../../src/db/site-resets.ts";
import { waitingGroups } from "../../src/features/holds/store.ts";
import { sharedRecordsPerSweep } from "../../src/kernel/bounds.ts";
import { sweep, sweepSites } from "../../src/operation/sweep.ts";
import { backgroundAt } from "../support/background.ts";

async function* rowsOf(...rows: number[]) {
  yield* rows;
}

test("a row whose work fails is logged and keeps no other waiting; one whose site is moved meanwhile is left without a word", async () => {
  const done: number[] = [];
  const logged: unknown[] = [];
  const log = { info: () => undefined, error: (event: string, _error: unknown, facts?: object) => void logged.push({ event, ...facts }) };
  await sweep({ log }, { event: "swept", factsOf: (row) => ({ row }) }, rowsOf(1, 2, 3, 4), async (row) => {
    if (row === 2) throw new Error("It fails.");
    if (row === 3) throw siteMoving();
    done.push(row);
  });
  expect(done).toEqual([1, 4]);
  expect(logged).toEqual([{ event: "swept", row: 2 }]);
});

test("a database whose list fails is logged and keeps no other waiting", async () => {
  const logged: unknown[] = [];
  const log = { info: () => undefined, error: (event: string, _error: unknown, facts?: object) => void logged.push({ event, ...facts }) };
  const asked: string[] = [];
  const [first, ...others] = siteDatabaseNames(env);
  const find = async (database: string) => {
    if (database === first) throw new Error("It does not answer.");
    asked.push(database);
    return [];
  };
  await sweepSites({ ...backgroundAt(0), log }, "swept", find, async () => undefined);
  expect(asked).toEqual(others);
  expect(others).not.toEqual([]);
  expect(logged).toEqual([{ event: "swept", database: first }]);
});

const database = "SITE_DB_0";
/** More than a run takes of any list. */
const stuckRows = 1_200;
const entity = `INSERT INTO entities (site_id, id, kind, name, functional_currency, scale, fiscal_year_start, functional_ledger_id, metadata, status, revision, created_at, updated_at, removal)
  SELECT ?1 || n, 'e', 'company', 'Stuck', 'USD', 2, '01-01', 'l', '{}', 'active', 1, 0, 0, 'deleting' FROM n`;
const lists = {
  "fan-outs": {
    inserts: [
      "INSERT INTO fan_outs (site_id, scope, key, id, fingerprint, plan, step, driven_at, created_at) SELECT ?1 || n, '', '', '', '', '{}', 'writing', n, 2 FROM n",
    ],
    take: () => waitingFanOuts(env, database, 1),
  },
  "groups of holds": {
    inserts: [
      "INSERT INTO hold_groups (site_id, group_id, carried_out, revision, created_at, driven_at) SELECT ?1 || n, 'g', 0, 1, 0, n FROM n",
    ],
    take: () => waitingGroups(env, database),
  },
  removals: { inserts: [entity], take: () => listRemovals(env, database) },
  resets: {
    inserts: ["INSERT INTO site_resets (site_id, no, retired_to) SELECT ?1 || n, 1, 0 FROM n"],
    take: () => listResets(env, database),
  },
  "shared records": {
    inserts: [
      entity,
      "INSERT INTO shared_records (site_id, entity_id, revision, content, held_revision, held, wished_by, withdrawn) SELECT ?1 || n, 'e', 2, '{}', 1, '{}', '{}', '[]' FROM n",
    ],
    take: () => pendingSharedRecords(env, database, sharedRecordsPerSweep),
  },
};

// Of 1,200 rows a run takes a hundred or more: that one is never among them in five hundred runs has a chance below 10^-15.
test.each(Object.entries(lists))("however many of the %s fail at every run, each is taken by one", async (_, { inserts, take }) => {
  const session = openDatabase(env, database);
  const prefix = `stuck-${crypto.randomUUID()}-`;
  const rows = `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${stuckRows})`;
  const taken = new Set<string>();
  try {
    for (const insert of inserts)
      await session
        .prepare(insert.replace("INSERT", `${rows} INSERT`))
        .bind(prefix)
        .run();
    for (let run = 0; run < 500 && taken.size < stuckRows; run++)
      for (const { siteId } of await take()) if (siteId.startsWith(prefix)) taken.add(siteId);
    expect(taken.size).toBe(stuckRows);
  } finally {
    for (const table of ["shared_records", "entities", "site_resets", "hold_groups", "fan_outs"])
      await session.prepare(`DELETE FROM ${table} WHERE substr(site_id, 1, length(?1)) = ?1`).bind(prefix).run();
  }
});
