import { html, raw } from "hono/html";
import { assetsPath, fonts } from "./asset-paths.ts";

export type Markup = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly description: string;
  readonly style: string;
  readonly body: Markup;
  /** Modules of ours to load, by path. */
  readonly scripts: readonly string[];
  readonly fonts?: readonly string[];
  readonly current?: "docs" | "errors";
}

const icon = raw(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0b4f3c"/><path d="M7 10h18M16 10v14" stroke="#fff" stroke-width="2.6" stroke-linecap="round" fill="none"/><path d="M9 15.5h3.4M9 19.5h3.4M19.6 15.5H23" stroke="#7fd8b4" stroke-width="1.8" stroke-linecap="round"/></svg>',
);

const masthead = (current: Page["current"]) => html`<header class="masthead"><div class="wrap">
<a class="brand" href="/">${icon}<span>Countinghouse</span></a>
<nav aria-label="Documentation"><ul>
<li><a href="/docs"${current === "docs" ? raw(' aria-current="page"') : ""}>API reference</a></li>
<li><a href="/docs/errors"${current === "errors" ? raw(' aria-current="page"') : ""}>Errors</a></li>
<li><a href="/api/openapi.json">OpenAPI</a></li>
</ul></nav>
</div></header>`;

/** A whole page. Its style is inline under the nonce, so that the first answer is enough to paint it. */
export function renderPage(page: Page, nonce: string): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<meta name="description" content="${page.description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbfcfb">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0b100e">
<meta property="csp-nonce" nonce="${nonce}" content="${nonce}">
<link rel="icon" href="${assetsPath}/icon.svg" type="image/svg+xml">
${(page.fonts ?? [fonts.text, fonts.display]).map((font) => html`<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`)}
<style nonce="${nonce}">${raw(page.style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
${masthead(page.current)}
${page.body}
${page.scripts.map((script) => html`<script type="module" src="${script}"></script>`)}
</body>
</html>`;
}
