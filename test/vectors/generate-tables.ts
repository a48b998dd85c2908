/**
 * Writes the ISO tables of the source from the lists beside this file: `node test/vectors/generate-tables.ts`.
 * A test holds the committed tables to what this yields, so a new edition of a list is a new CSV and one run.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url).href);

/** RFC 4180 without line breaks inside fields, which neither list has. */
function csvRows(path: string): string[][] {
  const [, ...lines] = readFileSync(here(path), "utf8").trim().split(/\r?\n/);
  return lines.map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => (match[1] ?? match[2] ?? "").replaceAll('""', '"')));
}

interface CurrencyLine {
  readonly entity: string;
  readonly name: string;
  readonly code: string;
  readonly numeric: string;
  readonly minorUnit: string;
  readonly withdrawn: string;
}

function currencyLines(): CurrencyLine[] {
  return csvRows("iso-4217/codes-all.csv").map(([entity = "", name = "", code = "", numeric = "", minorUnit = "", withdrawn = ""]) => ({
    entity: entity.trim(),
    name,
    code,
    numeric,
    minorUnit,
    // "1989 to 1990", "1990-07 to 1990-09": out of use at the later one.
    withdrawn: /^\d{4}-\d{4}$/.test(withdrawn) ? withdrawn.slice(5) : (withdrawn.split(" to ").at(-1) ?? ""),
  }));
}

type CurrencyRow = [code: string, numeric: string, name: string, minorUnit: number | null, withdrawn: string | null, entities: string[]];

/** Where a code is in use somewhere, the places it was withdrawn from are left out; so are the placeholders for codes that no country uses (ZZ…). */
export function currencyRows(): CurrencyRow[] {
  const byCode = Map.groupBy(
    currencyLines().filter((line) => line.code !== ""),
    (line) => line.code,
  );
  return [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, lines]) => {
      const inUse = lines.filter((line) => line.withdrawn === "");
      const told = inUse.length > 0 ? inUse : lines.toSorted((a, b) => (a.withdrawn < b.withdrawn ? 1 : -1));
      const first = told[0];
      if (!first) throw new Error(`no line for ${code}`);
      const entities = [...new Set(told.map((line) => line.entity))].filter((entity) => !entity.startsWith("ZZ")).sort();
      return [code, first.numeric, first.name, /^\d$/.test(first.minorUnit) ? Number(first.minorUnit) : null, first.withdrawn || null, entities];
    });
}

type CountryRow = [alpha2: string, alpha3: string, numeric: string, name: string, currencies: string[]];

export function countryRows(): CountryRow[] {
  const inUse = Map.groupBy(
    currencyLines().filter((line) => line.withdrawn === "" && line.code !== ""),
    (line) => line.entity,
  );
  return csvRows("iso-3166/countries.csv").map(([alpha2 = "", alpha3 = "", numeric = "", name = "", entity = ""]) => {
    return [alpha2, alpha3, numeric, name, (inUse.get(entity) ?? []).map((line) => line.code)];
  });
}

function write(path: string, declaration: string, rows: readonly unknown[]): void {
  const header = "// Made by test/vectors/generate-tables.ts; change the list beside it and run it again, then the formatter.\n";
  writeFileSync(here(path), `${header}${declaration} = [\n${rows.map((row) => `  ${JSON.stringify(row)},\n`).join("")}];\n`);
}

if (import.meta.main) {
  write(
    "../../src/kernel/currency-table.ts",
    "/** ISO 4217: code, numeric code, name, minor unit, withdrawn since (null while in use), the entities that use or used it. */\n" +
      "export const currencyTable: readonly (readonly [string, string, string, number | null, string | null, readonly string[]])[]",
    currencyRows(),
  );
  write(
    "../../src/features/metadata/domain/country-table.ts",
    "/** ISO 3166-1: alpha-2, alpha-3, numeric code, name, and the currencies that ISO 4217 gives the country. */\n" +
      "export const countryTable: readonly (readonly [string, string, string, string, readonly string[]])[]",
    countryRows(),
  );
}
