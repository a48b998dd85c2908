import { ok, type Result, refuse } from "../kernel/result.ts";

/** A D1 database as wrangler.toml names it. */
export interface SiteDatabaseBlock {
  readonly binding: string;
  readonly name: string;
  readonly id: string;
  readonly migrationsDir: string;
}

const siteBinding = /^SITE_DB_(\d+)$/;

interface Found {
  readonly fields: Readonly<Record<string, string>>;
  /** The line after its last. */
  readonly end: number;
}

/** The blocks `[[d1_databases]]` of a wrangler.toml, and how far each reaches. */
function blocksOf(lines: readonly string[]): Found[] {
  const blocks: Found[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (!/^\s*\[\[d1_databases\]\]/.test(lines[at] ?? "")) continue;
    const fields: Record<string, string> = {};
    let end = at + 1;
    for (let line = at + 1; line < lines.length && !/^\s*\[/.test(lines[line] ?? ""); line += 1) {
      const [, key, value] = /^\s*(\w+)\s*=\s*"([^"]*)"/.exec(lines[line] ?? "") ?? [];
      if (key === undefined || value === undefined) continue;
      fields[key] = value;
      end = line + 1;
    }
    blocks.push({ fields, end });
  }
  return blocks;
}

/** The next database for sites: numbered after the last one, named like it. Refuses a file that does not say how. */
export function newDatabaseIn(toml: string): Result<Omit<SiteDatabaseBlock, "id">, string> {
  const sites = blocksOf(toml.split(/\r?\n/)).flatMap(({ fields }) => {
    const number = siteBinding.exec(fields.binding ?? "")?.[1];
    return number === undefined ? [] : [{ number: Number(number), fields }];
  });
  const mentioned = [...toml.matchAll(/^\s*binding\s*=\s*"SITE_DB_\d+"/gm)].length;
  if (sites.length === 0 || sites.length !== mentioned)
    return refuse(
      "wrangler.toml has SITE_DB_n bindings in another form than [[d1_databases]] blocks of the top level; add the next one by hand.",
    );
  const last = sites.reduce((highest, site) => (site.number > highest.number ? site : highest));
  const { database_name: name, migrations_dir: migrationsDir } = last.fields;
  if (name === undefined || migrationsDir === undefined || !name.endsWith(String(last.number)))
    return refuse(
      `${last.fields.binding} has no migrations_dir, or a database_name that does not end in ${last.number}; the next one is named like it.`,
    );
  const next = last.number + 1;
  return ok({ binding: `SITE_DB_${next}`, name: `${name.slice(0, -String(last.number).length)}${next}`, migrationsDir });
}

/** The file with the database after the last one for sites, or at its end; all else stays as it is, character by character. */
export function withDatabase(toml: string, { binding, name, id, migrationsDir }: SiteDatabaseBlock): string {
  const newline = toml.includes("\r\n") ? "\r\n" : "\n";
  const lines = toml.split(newline);
  const last = blocksOf(lines).findLast(({ fields }) => siteBinding.test(fields.binding ?? ""));
  const block = [
    "",
    "[[d1_databases]]",
    `binding = "${binding}"`,
    `database_name = "${name}"`,
    `database_id = "${id}"`,
    `migrations_dir = "${migrationsDir}"`,
  ];
  lines.splice(last?.end ?? lines.length, 0, ...block);
  return lines.join(newline);
}
