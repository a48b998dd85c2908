import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { siteDatabaseNames } from "../../src/db/site-database.ts";

/** What vitest.config.ts binds beside the Worker's own bindings. */
interface Migrations {
  readonly DIRECTORY_MIGRATIONS: D1Migration[];
  readonly SITE_MIGRATIONS: D1Migration[];
}

const { DIRECTORY_MIGRATIONS, SITE_MIGRATIONS } = env as unknown as Migrations;
await applyD1Migrations(env.DIRECTORY, DIRECTORY_MIGRATIONS);
const databases = env as unknown as Readonly<Record<string, D1Database>>;
for (const name of siteDatabaseNames(env)) await applyD1Migrations(databases[name] as D1Database, SITE_MIGRATIONS);
