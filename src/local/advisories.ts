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
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : compareVersions(a.version, b.version)));
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

const comparison = /^(<=|>=|<|>|=)?(\d[\w.+-]*)$/;

function isWithin(version: string, range: string): boolean {
  return range.split("||").some((alternative) =>
    alternative
      .trim()
      .split(/\s+/)
      .every((part) => {
        const match = comparison.exec(part);
        if (match?.[2] === undefined) throw new Error(`No comparison of versions: ${part}`);
        const order = compareVersions(version, match[2]);
        switch (match[1]) {
          case "<":
            return order < 0;
          case "<=":
            return order <= 0;
          case ">":
            return order > 0;
          case ">=":
            return order >= 0;
          default:
            return order === 0;
        }
      }),
  );
}

/** By precedence (semver.org §11). */
function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => {
    const [core = "", ...before] = text.split("+")[0]?.split("-") ?? [];
    return { numbers: core.split(".").map(Number), before: before.join("-") };
  });
  for (let i = 0; i < 3; i++) {
    const difference = (one?.numbers[i] ?? 0) - (other?.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  const [early, late] = [one?.before ?? "", other?.before ?? ""];
  if (early === late) return 0;
  if (early === "") return 1;
  if (late === "") return -1;
  return compareIdentifiers(early.split("."), late.split("."));
}

function compareIdentifiers(one: readonly string[], other: readonly string[]): number {
  for (let i = 0; ; i++) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
    if (a === b) continue;
    const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (isNumberA && isNumberB) return Number(a) - Number(b);
    if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
    return a < b ? -1 : 1;
  }
}
