import { env } from "cloudflare:workers";
import { writesSent } from "./stage.ts";

/** Stored for replays, or changed by the clock: no part of what a site is. */
const notOfTheSite = new Set(["idempotency_keys", "sealed_answers", "ledger_heads"]);
const writtenByReading = new Set(["last_used_at"]);

/** What is known of a site, in one text by table and ledger. */
export type SiteState = ReadonlyMap<string, string>;

interface Statement {
  readonly name: string;
  readonly sql: string;
  readonly ofSite: boolean;
}

/** One statement for each table: every row of a site as one text, or how many rows there are where the table names no site. */
async function statementsFor(database: D1Database): Promise<Statement[]> {
  const { results } = await database
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE `%'")
    .all<{ name: string; sql: string }>();
  return results
    .filter(({ name }) => !notOfTheSite.has(name))
    .map(({ name, sql }) => {
      const columns = [...sql.matchAll(/^\t`(\w+)`/gm)].map(([, column]) => column ?? "").filter((column) => !writtenByReading.has(column));
      const rows = `group_concat(${columns.map((column) => `quote(${column})`).join(" || ',' || ")}, ';')`;
      if (columns.includes("site_id")) return { name, sql: `SELECT ${rows} AS state FROM ${name} WHERE site_id = ?`, ofSite: true };
      return name === "sites"
        ? { name, sql: `SELECT ${rows} AS state FROM sites WHERE firm_id = (SELECT firm_id FROM sites WHERE id = ?)`, ofSite: true }
        : { name, sql: `SELECT count(*) AS state FROM ${name}`, ofSite: false };
    });
}

let statements: { readonly directory: readonly Statement[]; readonly site: readonly Statement[] } | undefined;

interface Known {
  readonly binding: "SITE_DB_0" | "SITE_DB_1";
  readonly ledgers: readonly number[];
  readonly state: SiteState;
  readonly writes: number;
}
const known = new Map<string, Known>();

/**
 * All that the databases and the ledgers know of a site: every row of every table that names sites, and the head of every ledger,
 * whose seal covers whatever was ever written to it. A table that comes later is in it.
 */
export async function stateOf(siteId: string): Promise<SiteState> {
  statements ??= { directory: await statementsFor(env.DIRECTORY), site: await statementsFor(env.SITE_DB_0) };
  const before = known.get(siteId);
  const binding = before?.binding ?? (await bindingOf(siteId));
  const writes = writesSent();
  const ofSite: Statement[] = [
    ...statements.site,
    { name: "numbers", sql: "SELECT group_concat(number) AS state FROM ledgers WHERE site_id = ?", ofSite: true },
  ];
  // The ledgers are mostly those of the last time: they are asked together with the databases.
  const [directory, site, heads] = await Promise.all([
    read(env.DIRECTORY, statements.directory, siteId),
    read(env[binding], ofSite, siteId),
    headsOf(before?.ledgers ?? []),
  ]);
  const ledgers = (site.get("numbers") ?? "").split(",").filter(Boolean).map(Number);
  for (const [number, head] of await headsOf(ledgers.filter((number) => !heads.has(number)))) heads.set(number, head);
  const told = ledgers.map((number) => [`ledger ${number}`, heads.get(number) ?? ""] as const);
  const state = new Map([...prefixed("directory", directory), ...prefixed("site", site), ...told]);
  known.set(siteId, { binding, ledgers, state, writes });
  return state;
}

/** The state as it was read last, where no request was taken since that may have changed it. */
export async function stateBefore(siteId: string): Promise<SiteState> {
  const last = known.get(siteId);
  return last?.writes === writesSent() ? last.state : stateOf(siteId);
}

async function bindingOf(siteId: string): Promise<Known["binding"]> {
  const site = await env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?").bind(siteId).first<{ database: string }>();
  if (site?.database !== "SITE_DB_0" && site?.database !== "SITE_DB_1")
    throw new Error(`no database of the tests holds the site ${siteId}`);
  return site.database;
}

async function read(database: D1Database, asked: readonly Statement[], siteId: string): Promise<Map<string, string>> {
  const found = await database.batch<{ state: unknown }>(
    asked.map(({ sql, ofSite }) => (ofSite ? database.prepare(sql).bind(siteId) : database.prepare(sql))),
  );
  return new Map(asked.map(({ name }, at) => [name, String(found[at]?.results[0]?.state ?? "")]));
}

async function headsOf(ledgers: readonly number[]): Promise<Map<number, string>> {
  const heads = ledgers.map(async (number) => {
    const head = await env.LEDGER.getByName(`ledger-${number}`).read({ kind: "head" });
    // A ledger's object learns its identity when it is first asked, be it by a read.
    const isNew = head.ok !== true || JSON.parse(head.body).sequence <= 1;
    return [number, isNew ? "nothing yet" : head.body] as const;
  });
  return new Map(await Promise.all(heads));
}

function prefixed(place: string, states: ReadonlyMap<string, string>): [string, string][] {
  return [...states].map(([name, state]) => [`${place}.${name}`, state]);
}

/** What differs between two states: tables and ledgers by name, each with what it was and is from where it differs. */
export function changesBetween(before: SiteState, after: SiteState): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name) ?? "", after.get(name) ?? ""];
    if (was === is) return [];
    let at = 0;
    while (was[at] === is[at]) at += 1;
    const part = (text: string) => text.slice(Math.max(0, at - 20), at + 60);
    return [`${name} (…${part(was)}… → …${part(is)}…)`];
  });
}
