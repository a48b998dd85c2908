import semver from "semver";

/** What is known to be wrong with versions of a package. */
export interface Advisory {
  readonly package: string;
  /** Versions that have the fault: comparisons that all hold, of alternatives divided by `||`. */
  readonly range: string;
  readonly id: string;
  readonly severity: "low" | "moderate" | "high" | "critical";
}

/** An installed package, by where the lockfile has it. */
export interface Installed {
  readonly name: string;
  readonly version: string;
}

export interface Lockfile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly name?: string; readonly version?: string; readonly dependencies?: object; readonly optionalDependencies?: object }
    >
  >;
}

const folder = "node_modules/";

/** The packages of a lockfile (npm, version 3), each version once. An alias goes by the name of what it stands for. */
export function installedPackages({ packages }: Lockfile): Installed[] {
  const found = new Map<string, Installed>();
  for (const [place, { name, version }] of Object.entries(packages)) {
    if (!place.includes(folder) || version === undefined) continue;
    const installed = { name: name ?? place.slice(place.lastIndexOf(folder) + folder.length), version };
    found.set(`${installed.name}@${version}`, installed);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : semver.compare(a.version, b.version)));
}

/** The packages named and all that they need, by the names under which they are installed. */
export function withDependencies({ packages }: Lockfile, names: Iterable<string>): string[] {
  const needed = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    // Wherever it is installed: of versions beside each other, what any of them needs.
    for (const [place, { dependencies, optionalDependencies }] of Object.entries(packages)) {
      if (place.endsWith(`${folder}${name}`)) open.push(...Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  }
  return [...needed].sort();
}

/** The advisories that a package has. */
export function advisoriesOf({ name, version }: Installed, advisories: readonly Advisory[]): Advisory[] {
  return advisories.filter((advisory) => advisory.package === name && isWithin(version, advisory.range));
}

/** As advisories write a range: versions with an operator, which all hold, or alternatives of them. */
const comparisons = /^(?:(?:<=|>=|<|>|=)?\d[\w.+-]*(?:\s*\|\|\s*|\s+|$))+$/;

function isWithin(version: string, range: string): boolean {
  if (!comparisons.test(range)) throw new Error(`No comparison of versions: ${range}`);
  return semver.satisfies(version, range, { includePrerelease: true });
}
