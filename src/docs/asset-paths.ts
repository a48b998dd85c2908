/** Where the pages' assets are. Browsers cache a path with a version for ever, and ask for the others again. */
export const assetsPath = "/docs-assets";
export const scalarPath = `${assetsPath}/scalar-1.72.1`;
const fontsPath = `${assetsPath}/fonts-5.3`;
export const fonts = {
  text: `${fontsPath}/inter.woff2`,
  display: `${fontsPath}/source-serif-4.woff2`,
  figures: `${fontsPath}/jetbrains-mono.woff2`,
} as const;

/** Our own files, by the path they are served at. */
export const assetFiles = {
  [`${assetsPath}/icon.svg`]: "icon.svg",
  [`${assetsPath}/reference.js`]: "reference.js",
  [`${assetsPath}/copy.js`]: "copy.js",
} as const;

export function isVersioned(path: string): boolean {
  return path.startsWith(`${scalarPath}/`) || path.startsWith(`${fontsPath}/`);
}
