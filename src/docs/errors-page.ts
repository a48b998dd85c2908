import { html, raw } from "hono/html";
import { type FailureCode, type FailureStatus, failureKinds } from "../kernel/failures.ts";
import { fonts } from "./asset-paths.ts";
import { type Markup, renderPage } from "./page.ts";
import { pageStyle } from "./style.ts";

/** What each status says before the code does, RFC 9110 §15. */
const statusMeanings: Readonly<Record<FailureStatus, string>> = {
  400: "Malformed or invalid",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflicts with what is",
  412: "Changed meanwhile",
  413: "Too large",
  414: "Too long",
  415: "Wrong media type",
  422: "A rule of the ledger refused",
  428: "Names no version",
  429: "Too many requests",
  500: "Our fault",
  501: "Not possible on this platform",
  503: "Not at this moment",
};

const example = raw(`{
  <b>"error"</b>: {
    <i>// never changes: decide by it</i>
    <b>"code"</b>: "PERIOD_LOCKED",
    <b>"message"</b>: "2026-01-31 is in a locked period; the earliest open date is 2026-02-01.",
    <b>"requestId"</b>: "req_01980c1e7e0c7abc9def0123456789ab",
    <i>// whether a repeat may succeed</i>
    <b>"retryable"</b>: false,
    <b>"details"</b>: [{
      <i>// where in the body (RFC 6901)</i>
      <b>"pointer"</b>: "/date",
      <b>"code"</b>: "PERIOD_LOCKED",
      <b>"message"</b>: "The date is locked for journal entries.",
      <b>"earliestOpenDate"</b>: "2026-02-01"
    }]
  }
}`);

type Entry = readonly [code: FailureCode, kind: (typeof failureKinds)[FailureCode]];

function failuresByStatus(): [FailureStatus, Entry[]][] {
  // Object.entries widens the keys to string; the catalogue has no others.
  const entries = Object.entries(failureKinds) as unknown as Entry[];
  return [...Map.groupBy(entries, ([, kind]) => kind.status)].sort(([a], [b]) => a - b);
}

const failure = ([code, kind]: Entry) => html`<article class="failure" id="${code}">
<header><h3><a href="#${code}">${code}</a></h3><span class="chip">${kind.status}</span>${kind.retryable ? html`<span class="chip retry">Retryable</span>` : ""}</header>
<p>${kind.meaning}</p>
<p class="todo"><b>What to do.</b> ${kind.action}</p>
</article>`;

/** Every code of the catalogue, each under an anchor of its own name. */
export function errorsPage(nonce: string): Markup {
  const groups = failuresByStatus();
  return renderPage(
    {
      title: "Errors · Countinghouse",
      description: "Every error code of the Countinghouse API, what it means and what to do.",
      style: pageStyle,
      current: "errors",
      scripts: [],
      fonts: [fonts.text, fonts.display, fonts.figures],
      body: html`<div class="wrap errors">
<nav class="index" aria-label="Error codes">${groups.map(
        ([status, entries]) => html`<div><h2>${status} ${statusMeanings[status]}</h2>
<ul>${entries.map(([code]) => html`<li><a href="#${code}">${code}</a></li>`)}</ul></div>`,
      )}</nav>
<main id="content">
<div class="errors-intro"><h1>Errors</h1>
<p class="lede">A refusal changes nothing, says what was expected, and names the place in your request. These are all ${Object.keys(failureKinds).length} codes; none ever changes its meaning.</p>
<div class="code"><pre><code>${example}</code></pre></div>
<p class="after">With <code>Accept: application/problem+json</code> the same facts come as RFC 9457 problem details. When a request is refused with several faults of the ledger, the first in the order of the rules is named; when its form is wrong, every fault is.</p></div>
${groups.map(
  ([
    status,
    entries,
  ]) => html`<section class="group" aria-labelledby="status-${status}"><h2 id="status-${status}">${status}<span>${statusMeanings[status]}</span></h2>
${entries.map(failure)}</section>`,
)}
</main></div>`,
    },
    nonce,
  );
}
