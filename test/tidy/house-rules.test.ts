import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { breachesIn, filesBelow, readSource, root, type SourceFile } from "../support/source-tree.ts";

const files = filesBelow("src");

/** Imports that a rule forbids, as `file → what it imports`. */
function breaches(where: (name: string) => boolean, forbidden: (target: string, file: SourceFile) => boolean): string[] {
  return breachesIn(
    files.filter(({ name }) => where(name)),
    (file, target) => forbidden(target, file),
  );
}

function featureOf(name: string): string | undefined {
  return /^src\/features\/([^/]+)\//.exec(name)?.[1];
}

/** The features, the lowest first. Read from the list's text: to import it is to load the whole Worker. */
const featuresInOrder = (() => {
  const { text } = readSource("src/features/in-order.ts");
  const folders = new Map(
    [...text.matchAll(/feature as (\w+) \} from "\.\/([\w-]+)\/index\.ts"/g)].map(([, name = "", folder = ""]) => [name, folder]),
  );
  const list = /featuresInOrder: readonly Feature\[\] = \[([^\]]*)\]/.exec(text)?.[1] ?? "";
  return [...list.matchAll(/\w+/g)].map(([name]) => folders.get(name) ?? name);
})();
const rank = (feature: string) => featuresInOrder.indexOf(feature);

describe("R1: the rules of accounting depend on nothing", () => {
  test("the kernel imports nothing outside itself", () => {
    expect(
      breaches(
        (name) => name.startsWith("src/kernel/"),
        (target) => !target.startsWith("src/kernel/"),
      ),
    ).toEqual([]);
  });

  test("a domain folder imports itself, the kernel and the ledger's domain", () => {
    const allowed = (target: string, file: SourceFile) =>
      target.startsWith("src/kernel/") ||
      target.startsWith("src/ledger/domain/") ||
      target.startsWith(`${file.name.split("/domain/")[0]}/domain/`);
    expect(
      breaches(
        (name) => name.includes("/domain/"),
        (target, file) => !allowed(target, file),
      ),
    ).toEqual([]);
  });

  test("no clock, chance, network or console in the kernel or a domain folder", () => {
    const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\b|\bfetch\(|\bconsole\b|\bperformance\b/;
    const found = files.filter(
      ({ name, text }) => (name.startsWith("src/kernel/") || name.includes("/domain/")) && impure.test(stripComments(text)),
    );
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

test("R2: the ledger's object is imported by the Worker's entry alone", () => {
  const inside = (name: string) => name.startsWith("src/ledger/object/") || name === "src/index.ts";
  expect(
    breaches(
      (name) => !inside(name),
      (target) => target.startsWith("src/ledger/object/"),
    ),
  ).toEqual([]);
});

test("R3: across features only through the other's index, and there are no other barrels", () => {
  const crossing = breaches(
    (name) => featureOf(name) !== undefined,
    (target, file) =>
      featureOf(target) !== undefined &&
      featureOf(target) !== featureOf(file.name) &&
      !target.endsWith("/index.ts") &&
      !isForeignKey(file.name, target),
  );
  const barrels = files.filter(
    ({ name }) => name.endsWith("/index.ts") && name !== "src/index.ts" && !/^src\/features\/[^/]+\/index\.ts$/.test(name),
  );
  expect(crossing).toEqual([]);
  expect(barrels.map(({ name }) => name)).toEqual([]);
});

test("R3: an index hands out nothing of its store or tables", () => {
  expect(
    breaches(
      (name) => /^src\/features\/[^/]+\/index\.ts$/.test(name),
      (target) => /\/(?:store|tables|directory-tables)\.ts$/.test(target),
    ),
  ).toEqual([]);
});

test("R4: the features are in one order, and each imports those below it alone", () => {
  const upward = breaches(
    (name) => featureOf(name) !== undefined,
    (target, file) => {
      if (target === "src/features/in-order.ts") return true;
      const [from, to] = [featureOf(file.name), featureOf(target)];
      return from !== undefined && to !== undefined && from !== to && rank(to) >= rank(from);
    },
  );
  const folders = readdirSync(path.join(root, "src/features"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => /name: "([^"]+)"/.exec(readSource(`src/features/${name}/index.ts`).text)?.[1]);
  expect(upward).toEqual([]);
  expect([...featuresInOrder].sort()).toEqual(folders.map(({ name }) => name).sort());
  expect(names).toEqual(folders.map(({ name }) => name));
});

test("R5: http, operation, db, access and platform import no feature", () => {
  expect(
    breaches(
      (name) => /^src\/(?:http|operation|db|access|platform)\//.test(name),
      (target) => target.startsWith("src/features/"),
    ),
  ).toEqual([]);
});

test("R6: only a feature's store touches its tables, and only db its own", () => {
  const ofAStore = (name: string) => name.endsWith("/store.ts");
  const found = breaches(
    (name) => featureOf(name) !== undefined && !ofAStore(name),
    (target, file) => /\/(?:directory-)?tables\.ts$/.test(target) && !isForeignKey(file.name, target),
  );
  const ofDb = breaches(
    // A request's answer is stored in the batch of its operation.
    (name) => !name.startsWith("src/db/") && !/^src\/operation\/commit-[\w-]+\.ts$/.test(name),
    (target, file) => /^src\/db\/[\w-]+-tables\.ts$/.test(target) && !isForeignKey(file.name, target),
  );
  expect(found).toEqual([]);
  expect(ofDb).toEqual([]);
});

test("R7: no transaction is given a function that waits", () => {
  const asyncTransaction = files.filter(({ text }) => /transactionSync\(\s*async\b/.test(text));
  expect(asyncTransaction.map(({ name }) => name)).toEqual([]);
});

test("R10: Durable Objects keep their state in #private members", () => {
  const objects = files.filter(({ text }) => /extends DurableObject\b/.test(text));
  expect(objects.length).toBeGreaterThan(0);
  for (const { name, text } of objects) expect(text, name).not.toMatch(/^\s+(?:private|protected)\s/m);
});

test("files and folders are named in kebab-case, and nothing is called utils, helpers, common, manager, data or info", () => {
  const parts = files.flatMap(({ name }) =>
    name
      .split("/")
      .slice(1)
      .map((part) => part.replace(/\.ts$/, "")),
  );
  expect(parts.filter((part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part))).toEqual([]);
  expect(parts.filter((part) => ["utils", "util", "helpers", "helper", "common", "manager", "data", "info"].includes(part))).toEqual([]);
});

test("no function is called of: a name says what it is", () => {
  const called = [...files, ...filesBelow("test"), ...filesBelow("bench")].filter(({ text }) =>
    /\bfunction of\b|\b(?:const|let) of = (?:async )?\(|^\s*(?:async )?of\(.*\{$/m.test(stripComments(text)),
  );
  expect(called.map(({ name }) => name)).toEqual([]);
});

/** A table names another feature's table where it refers to its rows: the database enforces that, whoever writes. */
function isForeignKey(name: string, target: string): boolean {
  return name.endsWith("tables.ts") && target.endsWith("tables.ts");
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

test("the lock file names every optional package of every platform, so that it installs alike on all of them", () => {
  // Parsed as what npm documents of it: packages by path, each with its optional dependencies.
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const installed = Object.keys(lock.packages);
  const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !installed.some((at) => at.endsWith(`node_modules/${name}`))),
  );
  expect(missing).toEqual([]);
});
