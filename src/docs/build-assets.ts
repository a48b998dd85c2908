import { cp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { assetFiles, assetsPath, fonts, scalarPath } from "./asset-paths.ts";

const fontFiles = {
  [fonts.text]: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  [fonts.display]: "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  [fonts.figures]: "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

const reference = "@scalar/api-reference";

/** The packages out of which the pages' files come. The reference brings what it needs in its own files. */
export const assetPackages: readonly string[] = [
  reference,
  ...Object.values(fontFiles).map((file) => file.split("/").slice(0, 2).join("/")),
];

/**
 * Fills `dist/assets` with what the pages load: the API reference's modules, the typefaces, our icon and scripts.
 * Everything comes out of installed packages, so that no page ever asks another origin for anything.
 */
export async function buildAssets(root: string = join(import.meta.dirname, "../..")): Promise<void> {
  const packages = join(root, "node_modules");
  const target = join(root, "dist/assets");
  const scalar = join(packages, reference, "dist/browser");
  const chunks = (await readdir(join(scalar, "chunks"))).filter((file) => file.endsWith(".js"));
  const files = [
    [join(scalar, "standalone.esm.js"), `${scalarPath}/standalone.esm.js`] as const,
    ...chunks.map((file) => [join(scalar, "chunks", file), `${scalarPath}/chunks/${file}`] as const),
    ...Object.entries(fontFiles).map(([to, from]) => [join(packages, from), to] as const),
    ...Object.entries(assetFiles).map(([to, from]) => [join(root, "src/docs/assets", from), to] as const),
  ];
  await Promise.all(files.map(([from, to]) => copyChanged(from, join(target, to))));
  const kept = new Set(files.map(([, to]) => join(target, to)));
  const present = await readdir(join(target, assetsPath), { recursive: true, withFileTypes: true });
  const left = present.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(left.filter((file) => !kept.has(file)).map((file) => rm(file)));
}

/** Leaves alone what is there already: a server may be reading it. */
async function copyChanged(from: string, to: string): Promise<void> {
  const [source, copy] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
  if (copy?.size === source.size && copy.mtimeMs === source.mtimeMs) return;
  await cp(from, to, { preserveTimestamps: true });
}

if (process.argv[1] === import.meta.filename) await buildAssets();
