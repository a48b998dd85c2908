import path from "node:path";
import { describe, expect, test } from "vitest";
import { breachesIn, circlesAmong, filesBelow, type SourceFile } from "../support/source-tree.ts";

const object = "src/ledger/object";
const files = filesBelow(object);

/** From the lowest: each imports itself and those before it. */
const wings = ["log", "index", "state", "answers", "reads", "checks", "generations"];

/** The wing of a file; undefined for what stands over them, and for what is not of the object. */
function wingOf(name: string): string | undefined {
  return /^src\/ledger\/object\/([^/]+)\//.exec(name)?.[1];
}

/** The imports of wings that `isForbidden` finds, as `file → what it imports`. */
function breaches(isForbidden: (target: string, wing: string) => boolean): string[] {
  return breachesIn(files, ({ name }, target) => {
    const wing = wingOf(name);
    return wing !== undefined && isForbidden(target, wing);
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
    expect(circlesAmong(files)).toEqual([]);
  });
});

/**
 * The files of the object in which something waits for another object, the platform or the disk. All others decide, write and read without waiting,
 * a new one too: whoever adds a file here says with `sync` which of its functions must not.
 */
const waiting: Readonly<Record<string, { readonly sync: readonly string[] }>> = {
  "ledger-object.ts": {
    sync: [
      "open",
      "write",
      "#writeNow",
      "#earlierNamed",
      "read",
      "#readNow",
      "earlier",
      "closeOut",
      "handOver",
      "handedOver",
      "closed",
      "check",
      "#startCheck",
      "checked",
    ],
  },
  "duties.ts": { sync: ["wakeBy"] },
  "outbox.ts": { sync: ["nextOutboxMessages", "rememberSent", "outboxDueAtMs"] },
  "log/group-commit.ts": { sync: ["doWaiting"] },
  "state/earlier.ts": { sync: ["ask", "prepare", "fact", "row"] },
  "generations/with-earlier.ts": { sync: ["do"] },
  "generations/between-objects.ts": { sync: [] },
  "generations/archive.ts": { sync: ["archivedFiles", "archivedTo", "nextFile"] },
  "checks/checks-of-all.ts": { sync: ["startOwnCheck"] },
};

/** What commits. Only functions that do not wait call these; one that waits calls such a function as a whole step. */
const committing = /\b(?:commit|record|append|transactionSync|prepareCommit|writeMeta|writeEagerTables)\(/;
const waits = /\bawait\b|\basync\b|\.then\(|\.catch\(|\.finally\(|\bsetTimeout\(|\bqueueMicrotask\(|\bscheduler\./;

/** Without comments: what they say of waiting is no waiting. */
function codeOf({ text }: SourceFile): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** The functions of a file and the methods of its classes, by name, each as its whole text: they begin and end at their own indentation. */
function functionsOf(file: SourceFile): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const beginning = /^( {2})?(?:export |override |protected |static |get |set )*(?:async )?(?:function )?\*?\s?(#?\w+)(?:<[^(]*>)?\(/;
  const lines = codeOf(file).split("\n");
  lines.forEach((line, i) => {
    const [, indent = "", name] = beginning.exec(line) ?? [];
    const isFunction = indent === "  " || /\bfunction\b/.test(line);
    if (name === undefined || !isFunction) return;
    const length = lines.slice(i).indexOf(`${indent}}`);
    if (length > 0) found.set(name, lines.slice(i, i + length + 1).join("\n"));
  });
  return found;
}

describe("R7: what decides and writes in the ledger's object never waits", () => {
  const within = (name: string) => path.relative(object, name);

  test("in any file but those that are listed", () => {
    const found = files.filter((file) => waiting[within(file.name)] === undefined && waits.test(codeOf(file)));
    expect(found.map(({ name }) => name)).toEqual([]);
    const known = files.map(({ name }) => within(name));
    expect(Object.keys(waiting).filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(Object.entries(waiting))("in what of %s is marked", (name, { sync }) => {
    const functions = functionsOf(present(files.find((file) => within(file.name) === name)));
    expect(sync.filter((one) => !functions.has(one))).toEqual([]);
    expect(sync.filter((one) => waits.test(functions.get(one) ?? ""))).toEqual([]);
  });

  test("and what waits commits nothing by itself: it calls a step that does not wait", () => {
    const direct = files.flatMap((file) => {
      const marked = waiting[within(file.name)];
      if (marked === undefined) return [];
      const others = [...functionsOf(file)].filter(([name]) => !marked.sync.includes(name));
      return others.filter(([, text]) => committing.test(text)).map(([name]) => `${file.name}: ${name}`);
    });
    expect(direct).toEqual([]);
  });

  test("and no transaction is given a function that waits", () => {
    const found = files.filter((file) => /transactionSync\(\s*async\b/.test(codeOf(file)));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the file is there");
  return value;
}
