import { defineConfig } from "drizzle-kit";

/**
 * Two schemas: the directory, of which there is one, and the site's, which every database of the pool has.
 * `SCHEMA=site drizzle-kit generate --name what-changed` writes the SQL; wrangler applies it.
 */
const schemas = {
  site: [
    "./src/features/*/tables.ts",
    "./src/db/entity-tables.ts",
    "./src/db/fan-out-tables.ts",
    "./src/db/idempotency-tables.ts",
    "./src/db/shared-record-tables.ts",
    "./src/db/site-fence-tables.ts",
    "./src/db/site-reset-tables.ts",
  ],
  directory: [
    "./src/features/*/directory-tables.ts",
    "./src/db/firm-tables.ts",
    "./src/db/sealed-answer-tables.ts",
    "./src/db/ledger-number-tables.ts",
    "./src/db/signing-key-tables.ts",
    "./src/db/site-database-tables.ts",
    "./src/db/site-row-tables.ts",
    "./src/db/token-tables.ts",
  ],
} as const;

const name = process.env.SCHEMA;
if (name !== "site" && name !== "directory") throw new Error("Set SCHEMA to site or directory.");

export default defineConfig({
  dialect: "sqlite",
  schema: [...schemas[name]],
  out: `./migrations/${name}`,
  // One statement per line of the batch that wrangler sends.
  breakpoints: true,
});
