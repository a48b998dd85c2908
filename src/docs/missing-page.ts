import { html } from "hono/html";
import { type Markup, renderPage } from "./page.ts";
import { pageStyle } from "./style.ts";

/** What a browser gets where there is nothing: the way to the pages there are. */
export function missingPage(nonce: string): Markup {
  return renderPage(
    {
      title: "Not found · Countinghouse",
      description: "There is no page at this address.",
      style: pageStyle,
      scripts: [],
      body: html`<main id="content"><div class="wrap hero"><div>
<h1>There is no page here.</h1>
<p class="lede">The API answers below <code>/api/v1</code>. These pages explain it.</p>
<div class="actions"><a class="button primary" href="/">Begin</a><a class="button" href="/docs">Open the API reference</a><a class="button" href="/docs/errors">Errors</a></div>
</div></div></main>`,
    },
    nonce,
  );
}
