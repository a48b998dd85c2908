import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

export interface SourceFile {
  /** From the project's folder: `src/kernel/money.ts`. */
  readonly name: string;
  readonly text: string;
  /** What it imports: files from the project's folder, packages by their names. */
  readonly imports: readonly string[];
}

/** The TypeScript files of a folder of the project. */
export function filesBelow(folder: string): SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readSource(path.join(folder, name)));
}

export function readSource(name: string): SourceFile {
  const text = readFileSync(path.join(root, name), "utf8");
  const imports = [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => resolveFrom(name, match[1] ?? ""));
  return { name, text, imports };
}

function resolveFrom(from: string, specifier: string): string {
  return specifier.startsWith(".") ? path.join(path.dirname(from), specifier) : specifier;
}

/** Imports that a rule forbids, as `file → what it imports`. */
export function breachesIn(from: readonly SourceFile[], isForbidden: (file: SourceFile, target: string) => boolean): string[] {
  return from.flatMap((file) => file.imports.filter((target) => isForbidden(file, target)).map((target) => `${file.name} → ${target}`));
}

/** Circles of files that import each other, each by its files in order of their names. Imports of types count: they bind readers as much. */
export function circlesAmong(files: readonly SourceFile[]): string[][] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const seen = new Map<string, { readonly order: number; low: number; open: boolean }>();
  const stack: string[] = [];
  const circles: string[][] = [];
  // Tarjan's strongly connected components: what can be reached from a file and leads back to it.
  function visit(name: string): { readonly order: number; low: number; open: boolean } {
    const mark = { order: seen.size, low: seen.size, open: true };
    seen.set(name, mark);
    stack.push(name);
    for (const target of byName.get(name)?.imports ?? []) {
      if (!byName.has(target)) continue;
      const known = seen.get(target);
      if (known === undefined) mark.low = Math.min(mark.low, visit(target).low);
      else if (known.open) mark.low = Math.min(mark.low, known.order);
    }
    if (mark.low === mark.order) {
      const circle = stack.splice(stack.indexOf(name));
      for (const member of circle) {
        const known = seen.get(member);
        if (known !== undefined) known.open = false;
      }
      if (circle.length > 1) circles.push(circle.sort());
    }
    return mark;
  }
  for (const { name } of files) if (!seen.has(name)) visit(name);
  return circles;
}
