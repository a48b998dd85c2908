import { expect, test } from "vitest";
import { filesBelow, readSource } from "../support/source-tree.ts";

/**
 * What is added to an entity carries, in its own batch, the condition that nobody is deleting it: see src/db/standing-entity.ts.
 * A row of a ledger carries that the ledger is there.
 */
const conditions = {
  entity_id: /\b(?:standingEntity|requireStandingEntity)\(/,
  ledger_id: /\bhasLedger\(|\b(?:standingEntity|requireStandingEntity)\(/,
} as const;

const files = filesBelow("src");

/** The files of the site schema's tables, as drizzle-kit is told them. */
const schemaFiles = [...(/site: \[([^\]]*)\]/.exec(readSource("drizzle.config.ts").text)?.[1] ?? "").matchAll(/"\.\/([^"]+)"/g)].map(
  ([, glob = ""]) => new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}$`),
);

/** Tables of the site databases that have the column, by the names of their variables. */
function tablesWith(column: string): string[] {
  return files
    .filter(({ name }) => schemaFiles.some((file) => file.test(name)))
    .flatMap(({ text }) =>
      [...text.matchAll(/export const (\w+) = sqliteTable\(([\s\S]*?)\n\);/g)].map(([, name = "", body = ""]) => ({ name, body })),
    )
    .filter(({ body }) => body.includes(`text("${column}")`))
    .map(({ name }) => name);
}

/** Where rows are put into the table, as `file: table`. */
function insertsInto(table: string): { readonly at: string; readonly text: string }[] {
  const insert = new RegExp(`\\.insert\\(${table}\\)|INSERT (?:OR \\w+ )?INTO \\$\\{${table}\\}`);
  return files.filter(({ text }) => insert.test(text)).map(({ name, text }) => ({ at: `${name}: ${table}`, text }));
}

test.each(Object.entries(conditions))("whatever is added with an %s says that its owner is there", (column, condition) => {
  const tables = tablesWith(column);
  expect(tables.length).toBeGreaterThan(0);
  const inserts = tables.map((table) => ({ table, found: insertsInto(table) }));
  // A table into which nothing is put has another way in, which this test does not see.
  expect(inserts.filter(({ found }) => found.length === 0).map(({ table }) => table)).toEqual([]);
  expect(inserts.flatMap(({ found }) => found.filter(({ text }) => !condition.test(text)).map(({ at }) => at))).toEqual([]);
});
