import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { assetFiles, assetsPath, fonts, scalarPath } from "./asset-paths.ts";

const fontFiles = {
  [fonts.text]: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  [fonts.display]: "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  [fonts.figures]: "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

/**
 * Fills `dist/assets` with what the pages load: the API reference's modules, the typefaces, our icon and scripts.
 * Everything comes out of installed packages, so that no page ever asks another origin for anything.
 */
export async function buildAssets(root: string = join(import.meta.dirname, "../..")): Promise<void> {
  const packages = join(root, "node_modules");
  const target = join(root, "dist/assets");
  const scalar = join(packages, "@scalar/api-reference/dist/browser");
  const chunks = (await readdir(join(scalar, "chunks"))).filter((file) => file.endsWith(".js"));
  const files = [
    [join(scalar, "standalone.esm.js"), `${scalarPath}/standalone.esm.js`] as const,
    ...chunks.map((file) => [join(scalar, "chunks", file), `${scalarPath}/chunks/${file}`] as const),
    ...Object.entries(fontFiles).map(([to, from]) => [join(packages, from), to] as const),
    ...Object.entries(assetFiles).map(([to, from]) => [join(root, "src/docs/assets", from), to] as const),
  ];
  await rm(join(target, assetsPath), { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await Promise.all(files.map(([from, to]) => cp(from, join(target, to))));
}

if (process.argv[1] === import.meta.filename) await buildAssets();
