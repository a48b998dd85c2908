import { env } from "cloudflare:workers";

/** Kept for the repetition of requests, or by the clock: no part of what a site is. */
const notOfTheSite = new Set(["idempotency_keys", "sealed_answers", "ledger_heads"]);
const byTheClock = new Set(["last_used_at"]);

export type SiteState = ReadonlyMap<string, string>;

interface Tables {
  /** Those that name sites. */
  readonly bySite: readonly string[];
  /** The others, of which all rows are counted. */
  readonly counted: readonly string[];
}

async function tablesOf(database: D1Database): Promise<Tables> {
  const { results } = await database
    .prepare("SELECT name, sql LIKE '%site_id%' AS by_site FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE `%'")
    .all<{ name: string; by_site: number }>();
  const of = (bySite: number) =>
    results.filter(({ name, by_site }) => by_site === bySite && !notOfTheSite.has(name)).map(({ name }) => name);
  return { bySite: of(1), counted: of(0) };
}

let tables: { readonly directory: Tables; readonly site: Tables } | undefined;
const databases = new Map<string, "SITE_DB_0" | "SITE_DB_1">();

/**
 * All that the databases and the ledgers know of a site: every row of every table that names sites, and the head of every ledger,
 * whose seal covers whatever was ever written to it. A table that comes later is in it.
 */
export async function stateOf(siteId: string): Promise<SiteState> {
  tables ??= { directory: await tablesOf(env.DIRECTORY), site: await tablesOf(env.SITE_DB_0) };
  const binding = databases.get(siteId) ?? (await bindingOf(siteId));
  databases.set(siteId, binding);
  const [directory, site] = await Promise.all([read(env.DIRECTORY, tables.directory, siteId), read(env[binding], tables.site, siteId)]);
  const state = new Map<string, string>();
  for (const [table, rows] of directory) state.set(`directory.${table}`, written(rows));
  for (const [table, rows] of site) state.set(`site.${table}`, written(rows));
  await Promise.all(
    (site.get("ledgers") ?? []).map(async ({ number }) => {
      const head = await env.LEDGER.getByName(`ledger-${number}`).read({ kind: "head" });
      state.set(`ledger ${number}`, JSON.stringify(head));
    }),
  );
  return state;
}

async function bindingOf(siteId: string): Promise<"SITE_DB_0" | "SITE_DB_1"> {
  const site = await env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?").bind(siteId).first<{ database: string }>();
  if (site?.database !== "SITE_DB_0" && site?.database !== "SITE_DB_1")
    throw new Error(`no database of the tests holds the site ${siteId}`);
  return site.database;
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of a site by table. Of `sites` itself those of the firm. */
async function read(database: D1Database, { bySite, counted }: Tables, siteId: string): Promise<Map<string, readonly Row[]>> {
  const found = await database.batch<Row>([
    ...bySite.map((table) => database.prepare(`SELECT * FROM ${table} WHERE site_id = ?`).bind(siteId)),
    ...counted.map((table) => database.prepare(`SELECT count(*) FROM ${table}`)),
    ...(counted.includes("sites")
      ? [database.prepare("SELECT * FROM sites WHERE firm_id = (SELECT firm_id FROM sites WHERE id = ?)").bind(siteId)]
      : []),
  ]);
  const names = [...bySite, ...counted, "sites of the firm"];
  return new Map(found.map(({ results }, at) => [names[at] ?? "", results]));
}

function written(rows: readonly Row[]): string {
  return JSON.stringify(rows, (name, value: unknown) => (byTheClock.has(name) ? undefined : value));
}

/** What differs between two states: tables and ledgers by name. */
export function changesBetween(before: SiteState, after: SiteState): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}
