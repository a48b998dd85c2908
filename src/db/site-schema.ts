import { fencesTable } from "./site-fence.ts";

/** A table of the site schema: every one carries the site as the first column of its key. */
export interface SiteTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of the primary key, the site aside, in their order. */
  readonly key: readonly string[];
}

interface Declared {
  readonly name: string;
  readonly sql: string;
}

/** The tables that hold rows of sites, whichever feature's they are, each before those that its foreign keys name. */
export async function siteTablesReferringFirst(session: D1DatabaseSession): Promise<string[]> {
  const { results } = await session
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%site_id%' AND name <> ?1 ORDER BY name")
    .bind(fencesTable)
    .all<Declared>();
  return referringFirst(results);
}

/** The same tables with their columns, each after those that its foreign keys name: in this order rows may be inserted. */
export async function siteTables(session: D1DatabaseSession): Promise<SiteTable[]> {
  const names = (await siteTablesReferringFirst(session)).reverse();
  const columns = await session.batch<{ readonly name: string; readonly type: string; readonly pk: number }>(
    names.map((name) => session.prepare("SELECT name, type, pk FROM pragma_table_info(?1)").bind(name)),
  );
  return names.map((name, at) => {
    const declared = columns[at]?.results ?? [];
    const [site, ...key] = declared
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map((column) => column.name);
    if (site !== "site_id" || key.length === 0) throw new Error(`assertion failed: the key of ${name} begins with the site`);
    // What JSON carries exactly. A float or bytes would be changed on the way.
    const other = declared.find(({ type }) => !/^(?:text|integer)$/i.test(type));
    if (other) throw new Error(`assertion failed: ${name}.${other.name} is text or an integer`);
    return { name, columns: declared.map((column) => column.name), key };
  });
}

/** What migrations have made of a database for its sites, as text: two that differ cannot hold each other's rows. */
export async function siteSchema(session: D1DatabaseSession): Promise<string> {
  const { results } = await session.prepare("SELECT sql FROM sqlite_master WHERE sql LIKE '%site_id%' ORDER BY name").all();
  return JSON.stringify(results);
}

function referringFirst(tables: readonly Declared[]): string[] {
  const refersTo = (from: Declared, to: Declared) =>
    from !== to && new RegExp(`REFERENCES [\`"]?${to.name}[\`"]?\\s*\\(`, "i").test(from.sql);
  const left = [...tables];
  const order: string[] = [];
  while (left.length > 0) {
    const at = left.findIndex((table) => !left.some((other) => refersTo(other, table)));
    const [next] = left.splice(at, 1);
    if (at === -1 || next === undefined) throw new Error("assertion failed: no tables refer to each other in a circle");
    order.push(next.name);
  }
  return order;
}
