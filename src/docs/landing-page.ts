import { html, raw } from "hono/html";
import { failureKinds } from "../kernel/failures.ts";
import { assetsPath, fonts } from "./asset-paths.ts";
import { type CurlLine, curlLines } from "./curl-lines.ts";
import type { InstancePart } from "./instance-health.ts";
import { type Markup, renderPage } from "./page.ts";
import type { SandboxKey } from "./sandbox-key.ts";
import { pageStyle } from "./style.ts";

export interface Instance {
  readonly version: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly parts: readonly InstancePart[];
  readonly operations: number;
  readonly sandbox: SandboxKey | undefined;
}

const request = raw(`{
  <b>"date"</b>: "2026-06-08",
  <b>"description"</b>: "Office supplies",
  <b>"externalId"</b>: "po-77",
  <b>"lines"</b>: [
    { <b>"accountCode"</b>: "6100",
      <b>"side"</b>: "debit", <b>"amount"</b>: 4299 },
    { <b>"accountCode"</b>: "1010",
      <b>"side"</b>: "credit", <b>"amount"</b>: 4299 }
  ]
}`);

const promises: readonly (readonly [string, string])[] = [
  ["Exact", "Amounts are integers in minor units. No float ever holds money, and a balance that would overflow is refused, never rounded."],
  ["One writer", "One object serializes each ledger. A posting reads, decides and writes in one turn, so no two can ever cross."],
  [
    "Never rewritten",
    "Posted entries do not change. A correction is a linked reversal, and each commit seals the ones before it with SHA-256.",
  ],
  [
    "At any date, as known then",
    "Ask a balance as of a date and as the books stood at a sequence. A backdated entry never changes an earlier answer.",
  ],
];

function instanceCard(instance: Instance): Markup {
  const healthy = instance.parts.every((part) => part.answersMs !== undefined);
  const rows: [string, string][] = [
    ["Version", instance.version],
    ["Base URL", `${instance.baseUrl}/api/v1`],
    ["Operations", String(instance.operations)],
    ...instance.parts.map(({ name, answersMs }): [string, string] => [
      name,
      answersMs === undefined ? "does not answer" : `answers in ${answersMs} ms`,
    ]),
  ];
  return html`<aside class="sheet" aria-labelledby="instance">
<div class="instance-head"><h2 id="instance">This instance</h2>${
    healthy ? html`<span class="status up">Healthy</span>` : html`<span class="status down">Not healthy</span>`
  }</div>
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</aside>`;
}

const posting = html`<div class="posting">
<div class="code"><span class="name">POST /api/v1/journal-entries<br>Idempotency-Key: 8e03978e-40d5-43e8-bc93-6894a57f9324</span><pre><code>${request}</code></pre></div>
<figure class="sheet ledger"><div class="scroll"><table class="lines">
<caption><strong>Office supplies</strong><span>8 June 2026 · posted · sequence 18 · USD</span></caption>
<thead><tr><th scope="col">Account</th><th scope="col" class="amount">Debit</th><th scope="col" class="amount">Credit</th><th scope="col" class="amount">Balance after</th></tr></thead>
<tbody>
<tr><th scope="row"><code>6100</code> Office Supplies</th><td class="amount">42.99</td><td></td><td class="amount">42.99</td></tr>
<tr class="to"><th scope="row"><code>1010</code> Business Checking</th><td></td><td class="amount">42.99</td><td class="amount">9,957.01</td></tr>
</tbody>
<tfoot><tr><th scope="row">In balance</th><td class="amount"><span>42.99</span></td><td class="amount"><span>42.99</span></td><td></td></tr></tfoot>
</table></div>
<p class="seal">seal 5f1d…c09e, over the entry and every one before it</p></figure>
</div>`;

const step = (line: CurlLine) => html`<li><div class="what"><h3>${line.title}</h3><p>${line.note}</p></div>
<div class="code" data-copy><pre><code>${line.command}</code></pre></div></li>`;

/** What runs here, and where to go next. */
export function landingPage(instance: Instance, nonce: string): Markup {
  return renderPage(
    {
      title: "Countinghouse: a double-entry ledger API",
      description: "A double-entry ledger and bookkeeping API at the edge: exact, serialized, sealed.",
      style: pageStyle,
      scripts: [`${assetsPath}/copy.js`],
      fonts: [fonts.text, fonts.display, fonts.figures],
      body: html`<main id="content"><div class="wrap">
<div class="hero"><div>
<p class="eyebrow">Double-entry ledger and bookkeeping API</p>
<h1>Books that balance with every request.</h1>
<p class="lede">Post money movements and read balances that are exact at once. Every set of books is one serialized ledger at the edge, with one audit trail and one API.</p>
<div class="actions"><a class="button primary" href="/docs">Open the API reference</a><a class="button" href="#start">Post a first entry</a></div>
</div>
${instanceCard(instance)}
</div>

<section aria-labelledby="posting"><div class="section-head"><h2 id="posting">One request, one balanced entry</h2>
<p>Name the accounts by your own codes. The answer carries the entry's place in the ledger, the balance of each account after it, and the seal of the log.</p></div>
${posting}</section>

<section id="start" aria-labelledby="start-title"><div class="section-head"><h2 id="start-title">Three lines to begin with</h2>
<p>${
        instance.sandbox
          ? "They carry the sandbox key of this machine and work as they stand."
          : "Sign-up answers a live and a sandbox key, each shown once; put the sandbox key in place of ch_test_…"
      }</p></div>
<ol class="steps">${curlLines(instance.baseUrl, instance.sandbox).map(step)}</ol></section>

<section aria-labelledby="promises"><div class="section-head"><h2 id="promises">What the ledger holds to</h2></div>
<div class="promises">${promises.map(([title, text]) => html`<div><h3>${title}</h3><p>${text}</p></div>`)}</div></section>

<section aria-labelledby="next"><div class="section-head"><h2 id="next">Where to go next</h2></div>
<div class="next">
<a class="sheet" href="/docs"><h3>API reference</h3><p>Every operation with its schema and examples, and a form to try it from the page.</p><code>/docs</code></a>
<a class="sheet" href="/docs/errors"><h3>Errors</h3><p>All ${Object.keys(failureKinds).length} codes: what each means, and what to do about it.</p><code>/docs/errors</code></a>
<a class="sheet" href="/api/openapi.json"><h3>OpenAPI document</h3><p>OpenAPI 3.1, to generate a client in your language or to import where you test.</p><code>/api/openapi.json</code></a>
</div></section>
</div></main>
<footer><div class="wrap"><span>Countinghouse ${instance.version} · Apache-2.0</span><span>${instance.baseUrl}</span></div></footer>`,
    },
    nonce,
  );
}
