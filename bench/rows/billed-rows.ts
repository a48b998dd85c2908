import type { Rows } from "../bench.ts";
import { figure } from "../figure.ts";
import { type Objects, objectsAt } from "../objects.ts";

const oneDateName = "billed rows per entry: one date, 1,000 accounts";
const yearName = "billed rows per entry: 365 dates with externalId";
const singleName = "billed rows per entry: one by one, alarm and purge included";
const quietName = "billed rows per entry: one by one, each with an alarm of its own";

const bulkEntries = 40_000;
/** About what 16 connections post between two alarms. */
const singleEntries = 5_000;
const quietEntries = 200;
/** A bucket of idempotency keys falls due for its purge every 8 hours; the fifth step purges what was posted first. */
const purgeAfterHours = [8, 16, 24, 32, 40];

/** What the platform bills a ledger's object for, counted in the object. A count does not vary: one round. */
export const billedRows: Rows = {
  names: [oneDateName, yearName, singleName, quietName],
  async measure(bench) {
    const objects = objectsAt(await bench.objects());
    return [
      figure(oneDateName, "rows", [await inBulk(objects, "oneDate")], { atMost: 4.2 }),
      figure(yearName, "rows", [await inBulk(objects, "yearWithIds")], { atMost: 6 }),
      figure(
        singleName,
        "rows",
        [await oneByOne(objects)],
        { atMost: 8 },
        { note: `${singleEntries} entries, one alarm, their keys purged` },
      ),
      figure(quietName, "rows", [await quietly(objects)], null, { note: "so little is posted that an alarm comes after every entry" }),
    ];
  },
};

async function inBulk(objects: Objects, shape: "oneDate" | "yearWithIds"): Promise<number> {
  const ledger = `rows-${shape}`;
  await objects.open(ledger, 1_000);
  await objects.fill(ledger, { shape, entries: bulkEntries, batch: 1_000, seed: 1 });
  await objects.settle(ledger);
  return (await objects.takeRowsWritten(ledger)) / bulkEntries;
}

async function oneByOne(objects: Objects): Promise<number> {
  const ledger = "rows-one-by-one";
  await objects.open(ledger, 1_000);
  await objects.fill(ledger, { shape: "oneDate", entries: singleEntries, batch: 1, seed: 1 });
  await objects.settle(ledger);
  for (const hours of purgeAfterHours) {
    await objects.moveClock(hours);
    await objects.fill(ledger, { shape: "oneDate", entries: 1, batch: 1, seed: hours });
  }
  await objects.settle(ledger);
  await objects.moveClock(0);
  return (await objects.takeRowsWritten(ledger)) / (singleEntries + purgeAfterHours.length);
}

async function quietly(objects: Objects): Promise<number> {
  const ledger = "rows-quiet";
  await objects.open(ledger, 1_000);
  for (let entry = 1; entry <= quietEntries; entry++) {
    await objects.fill(ledger, { shape: "oneDate", entries: 1, batch: 1, seed: entry });
    await objects.settle(ledger);
  }
  return (await objects.takeRowsWritten(ledger)) / quietEntries;
}
