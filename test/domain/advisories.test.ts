import { expect, test } from "vitest";
import { advisoriesOf, installedPackages, withDependencies } from "../../src/local/advisories.ts";

const advisory = (range: string) => [{ package: "a", range, id: "GHSA-1", severity: "high" as const }];

test.each([
  ["1.2.3", "<1.2.4", true],
  ["1.2.4", "<1.2.4", false],
  ["1.2.4", "<=1.2.4", true],
  ["1.10.0", "<1.9.0", false],
  ["1.2.4-beta.1", "<1.2.4", true],
  ["1.2.4-beta.10", "<1.2.4-beta.9", false],
  ["1.2.4-rc", ">1.2.4-beta", true],
  ["2.0.0+build", "=2.0.0", true],
  ["2.5.0", ">=1.0.0 <2.0.0 || >=2.4.0 <2.6.0", true],
  ["2.2.0", ">=1.0.0 <2.0.0 || >=2.4.0 <2.6.0", false],
])("%s is within %s: %s", (version, range, expected) => {
  expect(advisoriesOf({ name: "a", version }, advisory(range))).toHaveLength(expected ? 1 : 0);
  expect(advisoriesOf({ name: "b", version }, advisory(range))).toEqual([]);
});

test("a range of another form is a fault of the list", () => {
  expect(() => advisoriesOf({ name: "a", version: "1.0.0" }, advisory("^1.0.0"))).toThrow("No comparison");
});

const lockfile = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", dependencies: { b: "*" } },
    "node_modules/b": { version: "2.0.0", optionalDependencies: { "@s/c": "*" } },
    "node_modules/a/node_modules/b": { version: "1.9.0", dependencies: { d: "*" } },
    "node_modules/@s/c": { version: "3.0.0" },
    "node_modules/d": { version: "4.0.0" },
    "node_modules/alias": { name: "real", version: "5.0.0" },
    "node_modules/x/node_modules/d": { version: "4.0.0" },
  },
};

test("every version that is installed is looked at, once, under its own name", () => {
  expect(installedPackages(lockfile).map(({ name, version }) => `${name}@${version}`)).toEqual([
    "@s/c@3.0.0",
    "a@1.0.0",
    "b@1.9.0",
    "b@2.0.0",
    "d@4.0.0",
    "real@5.0.0",
  ]);
});

test("what is shipped is what is imported and all that it needs", () => {
  expect(withDependencies(lockfile, ["a"])).toEqual(["@s/c", "a", "b", "d"]);
});
