import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** What vitest.config.ts binds beside the Worker's own bindings. */
interface Migrations {
  readonly DIRECTORY_MIGRATIONS: D1Migration[];
  readonly SITE_MIGRATIONS: D1Migration[];
}

const { DIRECTORY_MIGRATIONS, SITE_MIGRATIONS } = env as unknown as Migrations;
await applyD1Migrations(env.DIRECTORY, DIRECTORY_MIGRATIONS);
for (const database of [env.SITE_DB_0, env.SITE_DB_1]) await applyD1Migrations(database, SITE_MIGRATIONS);
