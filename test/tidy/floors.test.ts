import { expect, test } from "vitest";
import { breachesIn, circlesAmong, filesBelow } from "../support/source-tree.ts";

const files = filesBelow("src");

/** From the lowest. Rooms in one row do not import each other. */
const floors = [
  ["kernel"],
  ["platform"],
  ["ledger"],
  ["db"],
  ["access"],
  ["operation"],
  ["http"],
  ["features"],
  ["jobs", "docs"],
  ["app.ts"],
  ["index.ts"],
  ["local"],
] as const;

function floorOf(name: string): number {
  const room = name.split("/")[1] ?? "";
  return floors.findIndex((row) => (row as readonly string[]).includes(room));
}

const roomOf = (name: string) => name.split("/")[1];
const isOurs = (target: string) => target.startsWith("src/");

test("R12: every room has its floor", () => {
  expect(files.map(({ name }) => name).filter((name) => floorOf(name) === -1)).toEqual([]);
});

test("R12: no floor imports one above it or beside it", () => {
  const upward = breachesIn(
    files,
    ({ name }, target) => isOurs(target) && roomOf(target) !== roomOf(name) && floorOf(target) >= floorOf(name) && target.endsWith(".ts"),
  );
  expect(upward).toEqual([]);
});

test("R12: no circle of files, in the tests neither", () => {
  expect(circlesAmong([...files, ...filesBelow("test"), ...filesBelow("bench")])).toEqual([]);
});

test("R11: of a feature only routes, schemas and examples know HTTP", () => {
  const knowing = /\/(?:routes|operator-routes|schemas|examples)\.ts$/;
  const inFeature = files.filter(({ name }) => /^src\/features\/[^/]+\//.test(name) && !knowing.test(name));
  expect(breachesIn(inFeature, (_file, target) => target.startsWith("src/http/"))).toEqual([]);
});

test("R11: an operation answers a value: it makes no response, and reads no header", () => {
  const inFeature = files.filter(({ name }) => /^src\/(?:features\/[^/]+|operation)\//.test(name) && !/routes\.ts$/.test(name));
  const making = inFeature.filter(({ text }) => /\bnew Response\(|\bResponse\.json\(|\bheaders?\b\(|\bifMatch\b/.test(text));
  expect(making.map(({ name }) => name)).toEqual([]);
});
