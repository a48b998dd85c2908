import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { newDatabaseIn, type SiteDatabaseBlock, withDatabase } from "./database-block.ts";
import { takeFileLock } from "./file-lock.ts";
import { runWrangler, WranglerFailed } from "./run-wrangler.ts";
import { writeFileWhole } from "./write-file.ts";

const usage = `npm run db:add [-- --local] [--location weur | --jurisdiction eu]

  Adds a database for sites: the next SITE_DB_n of wrangler.toml. Creates it, applies the migrations, sees that it answers, and only
  then writes its binding. Broken off anywhere, it is run again.

  --local         for the databases of this machine only: nothing is created at Cloudflare.
  --location      where Cloudflare is asked to keep it: weur, eeur, apac, oc, wnam or enam.
  --jurisdiction  where Cloudflare has to keep it: eu or us.`;

/** A mistake of the caller's, reported without a stack. */
class CannotAdd extends Error {}

/** A configuration with the new database alone, so that wrangler.toml never names one that is half made. */
const temporaryConfig = "wrangler.db-add.toml";

interface Options {
  readonly root: string;
  readonly where: "--local" | "--remote";
  /** Passed on to `wrangler d1 create`. */
  readonly placement: readonly string[];
}

function addDatabase({ root, where, placement }: Options): SiteDatabaseBlock {
  const configFile = path.join(root, "wrangler.toml");
  const text = readFileSync(configFile, "utf8");
  const found = newDatabaseIn(text);
  if (!found.ok) throw new CannotAdd(found.failure);
  const { binding, name, migrationsDir } = found.value;
  const migrations = readdirSync(path.join(root, migrationsDir)).filter((file) => file.endsWith(".sql"));
  // On this machine a database is a file that is named after the id: whichever it is, it is there.
  const id = where === "--local" ? localId(text, binding) : createdId(root, name, placement);
  const block = { binding, name, migrationsDir, id };
  const temporary = path.join(root, temporaryConfig);
  try {
    writeFileWhole(temporary, withDatabase('name = "db-add"\ncompatibility_date = "2026-10-20"\n', block));
    const wrangler = (...args: readonly string[]) => runWrangler(root, ["--config", temporary, ...args]);
    /** The rows of each statement: one call, because wrangler needs seconds to start. */
    const query = (...statements: readonly string[]): Record<string, unknown>[][] => {
      const output = wrangler("d1", "execute", binding, where, "--json", "--command", statements.join("; "));
      const answers: readonly { readonly results: Record<string, unknown>[] }[] = JSON.parse(output.slice(output.indexOf("[")));
      return answers.map(({ results }) => results);
    };
    requireOurs(query, name, migrations);
    wrangler("d1", "migrations", "apply", binding, where);
    const [applied = [], rows = []] = query("SELECT name FROM d1_migrations", "SELECT site_id FROM entities LIMIT 1");
    if (applied.length !== migrations.length)
      throw new CannotAdd(`${name} answers with ${applied.length} migrations of ${migrations.length}.`);
    if (rows.length > 0) throw new CannotAdd(`${name} has rows of sites: another installation's?`);
  } finally {
    rmSync(temporary, { force: true });
  }
  writeFileWhole(configFile, withDatabase(text, block));
  return block;
}

/** A database that an earlier run left half made is completed; any other with its name is left alone. */
function requireOurs(query: (sql: string) => Record<string, unknown>[][], name: string, migrations: readonly string[]): void {
  const [rows = []] = query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'");
  const tables = rows.map((row) => row.name);
  if (tables.length === 0) return;
  const isKept = tables.includes("d1_migrations");
  const [applied = []] = isKept ? query("SELECT name FROM d1_migrations") : [];
  const isOurs = applied.every((row) => migrations.includes(String(row.name)));
  if (isKept && isOurs && (applied.length > 0 || tables.length === 1)) return;
  throw new CannotAdd(`There is a database ${name} already, with tables that are not of these migrations. Delete it or rename it first.`);
}

/** The id of the database at Cloudflare, created unless an earlier run has. Not tested here: it requires an account. */
function createdId(root: string, name: string, placement: readonly string[]): string {
  const known = infoOf(root, name);
  if (known !== undefined) return known;
  runWrangler(root, ["d1", "create", name, ...placement]);
  const id = infoOf(root, name);
  if (id === undefined) throw new CannotAdd(`${name} was created, but wrangler d1 info does not know it yet. Run this again.`);
  return id;
}

function infoOf(root: string, name: string): string | undefined {
  try {
    const output = runWrangler(root, ["d1", "info", name, "--json"]);
    return (JSON.parse(output.slice(output.indexOf("{"))) as { readonly uuid?: string }).uuid;
  } catch (error) {
    if (error instanceof WranglerFailed && /couldn't find|could not find|not found/i.test(error.message)) return undefined;
    throw error;
  }
}

/** In the form of the ids that the repository ships with, which no database at Cloudflare has. */
function localId(text: string, binding: string): string {
  const id = `00000000-0000-4000-8000-${(Number(binding.replace("SITE_DB_", "")) + 1).toString(16).padStart(12, "0")}`;
  return text.includes(id) ? randomUUID() : id;
}

function placementOf(values: { readonly location?: string | undefined; readonly jurisdiction?: string | undefined }): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

function run(): void {
  const { values } = parseArgs({
    options: {
      local: { type: "boolean", default: false },
      location: { type: "string" },
      jurisdiction: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const { local, location, jurisdiction } = values;
  if (local && (location ?? jurisdiction) !== undefined)
    throw new CannotAdd("--location and --jurisdiction are Cloudflare's: leave --local out.");
  // npm runs its scripts in the project's folder.
  const root = process.cwd();
  if (!existsSync(path.join(root, "wrangler.toml"))) throw new CannotAdd(`There is no wrangler.toml in ${root}.`);
  const lock = takeFileLock(path.join(root, ".wrangler/db-add.lock"), 0);
  if (!lock) throw new CannotAdd("Another db:add is running.");
  try {
    const { binding, name } = addDatabase({
      root,
      where: local ? "--local" : "--remote",
      placement: placementOf({ location, jurisdiction }),
    });
    console.log(`${binding} (${name}) has its tables, answers, and stands in wrangler.toml.`);
    console.log(
      local ? "The next start takes it into use." : "npx wrangler deploy takes it into use: new sites go where there are fewest.",
    );
    if (jurisdiction !== undefined)
      console.log(
        `Then tell the service where it is: PUT /operator/databases/${binding} {"takesNewSites":true,"jurisdiction":"${jurisdiction}"}`,
      );
  } finally {
    lock.release();
  }
}

try {
  run();
} catch (error) {
  const expected = error instanceof CannotAdd || error instanceof WranglerFailed || (error instanceof TypeError && "code" in error);
  console.error(expected ? error.message : error);
  if (expected) console.error("wrangler.toml is as it was.");
  process.exit(1);
}
