import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const object = "src/ledger/object";

interface SourceFile {
  /** From the project's folder. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(path.join(root, object), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((within) => {
    const name = path.join(object, within);
    const text = readFileSync(path.join(root, name), "utf8");
    const imports = [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, target = ""]) =>
      target.startsWith(".") ? path.join(path.dirname(name), target) : target,
    );
    return { name, text, imports };
  });

/** From the lowest: each imports itself and those before it. */
const wings = ["log", "index", "state", "answers", "reads", "checks", "generations"];

/** The wing of a file; undefined for what stands over them, and for what is not of the object. */
function wingOf(name: string): string | undefined {
  return /^src\/ledger\/object\/([^/]+)\//.exec(name)?.[1];
}

/** The imports that `forbidden` finds, as `file → what it imports`. */
function breaches(forbidden: (target: string, wing: string) => boolean): string[] {
  return files.flatMap(({ name, imports }) => {
    const wing = wingOf(name);
    return wing === undefined ? [] : imports.filter((target) => forbidden(target, wing)).map((target) => `${name} → ${target}`);
  });
}

describe("in the ledger's object", () => {
  test("a wing imports downwards alone, and nothing of what stands over the wings", () => {
    const above = (target: string, wing: string) => {
      const other = wingOf(target);
      return target.startsWith(`${object}/`) && (other === undefined || wings.indexOf(other) > wings.indexOf(wing));
    };
    expect(breaches(above)).toEqual([]);
    const known = new Set(files.map(({ name }) => wingOf(name)).filter((wing) => wing !== undefined));
    expect([...known].toSorted()).toEqual(wings.toSorted());
  });

  test("the index knows kinds of records as data: it imports the kernel, the log and the facts beside itself", () => {
    const allowed = new RegExp(`^(?:src/kernel/|${object}/(?:log|index)/|src/ledger/domain/fact\\.ts$)`);
    expect(breaches((target, wing) => wing === "index" && !allowed.test(target))).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    const byName = new Map(files.map((file) => [file.name, file]));
    const reaches = (from: string, seen: Set<string>): Set<string> => {
      for (const target of byName.get(from)?.imports ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        reaches(target, seen);
      }
      return seen;
    };
    expect(files.map(({ name }) => name).filter((name) => reaches(name, new Set()).has(name))).toEqual([]);
  });
});
