import { html, raw } from "hono/html";
import { assetsPath, scalarPath } from "./asset-paths.ts";
import { type Markup, renderPage } from "./page.ts";
import type { SandboxKey } from "./sandbox-key.ts";
import { frameStyle } from "./style.ts";

/** The reference wears the house's colours: its own variables are set from ours. */
const referenceStyle = `${frameStyle}
body{margin:0;background:var(--page);color:var(--ink);font:400 1rem/1.6 var(--text-face)}
body.dark-mode{color-scheme:dark}
body.light-mode{color-scheme:light}
.masthead{position:sticky;height:3.75rem;z-index:20;background:var(--page);backdrop-filter:none}
.masthead .wrap{width:auto;margin-inline:1.25rem}
.loading{padding:4rem 1.25rem;color:var(--ink-soft);text-align:center}
.light-mode,.dark-mode{
  --scalar-custom-header-height:3.75rem;
  --scalar-font:var(--text-face);--scalar-font-code:var(--figures-face);
  --scalar-color-1:var(--ink);--scalar-color-2:var(--ink-soft);--scalar-color-3:var(--ink-faint);
  --scalar-color-accent:var(--accent);--scalar-background-accent:var(--accent-wash);
  --scalar-background-1:var(--page);--scalar-background-2:var(--well);--scalar-background-3:light-dark(#e6ece8,#1d2823);--scalar-background-4:light-dark(#d9e1dc,#27342e);
  --scalar-border-color:var(--rule);
  --scalar-sidebar-background-1:var(--page);--scalar-sidebar-color-1:var(--ink);--scalar-sidebar-color-2:var(--ink-soft);--scalar-sidebar-color-active:var(--accent);
  --scalar-sidebar-item-hover-background:var(--well);--scalar-sidebar-item-active-background:var(--accent-wash);--scalar-sidebar-border-color:var(--rule);
  --scalar-sidebar-search-background:var(--sheet);--scalar-sidebar-search-border-color:var(--rule-strong);--scalar-sidebar-search-color:var(--ink-faint);
  --scalar-button-1:var(--accent);--scalar-button-1-color:var(--accent-ink);--scalar-button-1-hover:light-dark(#0a4535,#7fd8b4);
  --scalar-color-green:light-dark(#0b6b4f,#62cda3);--scalar-color-red:var(--stop);--scalar-color-orange:var(--warn);--scalar-color-yellow:light-dark(#7a5c00,#e3c66a);
  --scalar-color-blue:light-dark(#1b56a8,#86b4f5);--scalar-color-purple:light-dark(#66419c,#bd9bf0);
  --scalar-radius:6px;--scalar-radius-lg:8px;--scalar-radius-xl:12px;
}
.scalar-app section:focus{outline:none}
.scalar-app .scalar-card :is(.endpoint-path,.scalar-card-header-title){white-space:normal;overflow-wrap:anywhere}
.scalar-app .endpoints-card .scalar-card-content{max-height:none}
body:has(.scalar-client--open) .masthead nav{visibility:hidden}
.scalar-app h1,.scalar-app h2.section-header-label{font-family:var(--display-face);letter-spacing:-.015em}
`;

/** The API reference, filled with the sandbox key where there is one to fill it with. */
export function referencePage(sandbox: SandboxKey | undefined, nonce: string): Markup {
  // Inside a data block only "<" could end it.
  const filled = raw(JSON.stringify(sandbox ?? null).replaceAll("<", "\\u003c"));
  return renderPage(
    {
      title: "API reference · Countinghouse",
      description: "Every operation of the Countinghouse API, to read and to try.",
      style: referenceStyle,
      current: "docs",
      scripts: [`${assetsPath}/reference.js`],
      body: html`<script type="application/json" id="sandbox">${filled}</script>
<link rel="modulepreload" href="${scalarPath}/standalone.esm.js">
<main id="content" data-bundle="${scalarPath}/standalone.esm.js"><p class="loading">Loading the API reference…</p>
<noscript><p class="loading">The API reference needs JavaScript. Without it, read <a href="/api/openapi.json">the OpenAPI document</a> and <a href="/docs/errors">the errors</a>.</p></noscript></main>`,
    },
    nonce,
  );
}
