import type { Jurisdiction } from "../../../kernel/region.ts";

/** What the operator has said of a database. */
export interface DatabaseSetting {
  readonly name: string;
  readonly takesNewSites: boolean;
  readonly jurisdiction: Jurisdiction | null;
}

type Located = { readonly jurisdiction: Jurisdiction | null };

/** Whether a database may store a site: one with a jurisdiction stores that jurisdiction's sites alone. */
export function isSuitable(setting: Located | undefined, site: Located): boolean {
  return (setting?.jurisdiction ?? null) === null || setting?.jurisdiction === site.jurisdiction;
}

/**
 * The database for a new site: of those that accept it the one with the fewest sites, the first of several. Where there are databases of the site's own
 * jurisdiction, one of them. Undefined where none accepts it. `names` are the bindings in order.
 */
export function placeOf(
  site: Located,
  names: readonly string[],
  settings: readonly DatabaseSetting[],
  counts: ReadonlyMap<string, number>,
): string | undefined {
  const settingOf = (name: string) => settings.find((setting) => setting.name === name);
  const open = names.filter((name) => settingOf(name)?.takesNewSites !== false && isSuitable(settingOf(name), site));
  const own = open.filter((name) => (settingOf(name)?.jurisdiction ?? null) === site.jurisdiction);
  const [first, ...rest] = own.length > 0 ? own : open;
  if (first === undefined) return undefined;
  return rest.reduce((best, name) => ((counts.get(name) ?? 0) < (counts.get(best) ?? 0) ? name : best), first);
}
