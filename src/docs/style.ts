import { fonts } from "./asset-paths.ts";

/** The house's colours and type, shared by our own pages and the API reference. */
export const tokens = `
@font-face{font-family:"Inter Variable";src:url(${fonts.text}) format("woff2");font-weight:100 900;font-display:swap}
@font-face{font-family:"Source Serif 4 Variable";src:url(${fonts.display}) format("woff2");font-weight:200 900;font-display:swap}
@font-face{font-family:"JetBrains Mono Variable";src:url(${fonts.figures}) format("woff2");font-weight:100 800;font-display:swap}
:root{
  color-scheme:light dark;
  --text-face:"Inter Variable",system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;
  --display-face:"Source Serif 4 Variable",Georgia,"Times New Roman",serif;
  --figures-face:"JetBrains Mono Variable",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
  --page:light-dark(#fbfcfb,#0b100e);
  --sheet:light-dark(#ffffff,#111815);
  --well:light-dark(#f2f5f3,#161f1b);
  --ink:light-dark(#10201a,#e9efec);
  --ink-soft:light-dark(#46584f,#a5b5ad);
  --ink-faint:light-dark(#5f7068,#869990);
  --rule:light-dark(#dde4e0,#233029);
  --rule-strong:light-dark(#b9c6bf,#3a4a42);
  --accent:light-dark(#0b5a43,#62cda3);
  --accent-ink:light-dark(#ffffff,#06231a);
  --accent-wash:light-dark(#e6f2ec,#12291f);
  --warn:light-dark(#8a4b08,#e9b164);
  --warn-wash:light-dark(#fbf1e2,#2a2013);
  --stop:light-dark(#9c2424,#f09a92);
  --stop-wash:light-dark(#fbeaea,#2d1817);
  --code:light-dark(#0c1d17,#080d0b);
  --code-ink:#dfe9e4;
  --code-faint:#8fa69b;
  --code-accent:#7fd8b4;
}`;

/** What every page has, the reference too: it must not reach into what Scalar styles itself. */
export const frameStyle = `${tokens}
.skip{position:absolute;left:-999rem;top:.5rem;background:var(--sheet);padding:.5rem 1rem;z-index:9}
.skip:focus{left:.5rem}
.masthead{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--page) 88%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--rule)}
.masthead .wrap{display:flex;align-items:center;gap:1rem 1.75rem;min-height:3.75rem}
.brand{display:inline-flex;align-items:center;gap:.625rem;color:var(--ink);text-decoration:none;font:600 1.1875rem/1 var(--display-face);letter-spacing:-.012em}
.brand svg{width:1.625rem;height:1.625rem;flex:none}
.masthead nav{margin-left:auto}
.masthead nav ul{display:flex;gap:.25rem}
.masthead nav a{display:block;padding:.5rem .75rem;border-radius:6px;color:var(--ink-soft);text-decoration:none;font-size:.9375rem;font-weight:500;white-space:nowrap}
.masthead nav a:hover{background:var(--well);color:var(--ink)}
.masthead nav a[aria-current]{color:var(--accent)}
.masthead *{box-sizing:border-box}
.masthead ul{margin:0;padding:0;list-style:none}
@media (max-width:44rem){.masthead nav a{padding-inline:.5rem;font-size:.875rem}}
@media (max-width:32rem){.brand span{position:absolute;clip-path:inset(50%)}}
`;

export const pageStyle = `${frameStyle}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:5.5rem}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
body{margin:0;background:var(--page);color:var(--ink);font:400 1rem/1.6 var(--text-face);font-feature-settings:"cv11","ss03";-webkit-font-smoothing:antialiased}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.2em}
a:focus-visible,button:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:4px}
h1,h2,h3,p,ul,ol,dl,dd,figure,pre{margin:0}
ul,ol{padding:0;list-style:none}
h1,h2{font-family:var(--display-face);font-weight:600;letter-spacing:-.018em;line-height:1.12;text-wrap:balance}
h1{font-size:clamp(2.35rem,1.5rem + 3.2vw,3.6rem)}
h2{font-size:clamp(1.5rem,1.2rem + 1.1vw,2rem)}
h3{font-size:1rem;font-weight:600;letter-spacing:-.006em;line-height:1.35}
code,pre,.figures{font-family:var(--figures-face);font-variant-ligatures:none}
code{font-size:.875em}
.wrap{width:min(72rem,100% - 2.5rem);margin-inline:auto}
.eyebrow{font:500 .8125rem/1.4 var(--figures-face);color:var(--accent);letter-spacing:.01em}
.lede{font-size:1.125rem;line-height:1.62;color:var(--ink-soft);text-wrap:pretty}

.hero{display:grid;grid-template-columns:minmax(0,1.08fr) minmax(0,.92fr);gap:3rem 4.5rem;align-items:center;padding-block:clamp(3rem,7vw,5.75rem)}
.hero h1{margin-block:1rem 1.375rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:2rem}
.button{display:inline-flex;align-items:center;min-height:2.875rem;padding:.5rem 1.25rem;border-radius:8px;border:1px solid var(--rule-strong);font-weight:550;font-size:.9688rem;text-decoration:none;color:var(--ink);background:var(--sheet);transition:border-color .15s,background .15s}
.button:hover{border-color:var(--accent)}
.button.primary{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
.button.primary:hover{background:color-mix(in srgb,var(--accent) 88%,var(--ink))}

.sheet{background:var(--sheet);border:1px solid var(--rule);border-radius:12px;box-shadow:0 1px 2px light-dark(#10201a0a,#0000),0 18px 44px -22px light-dark(#10201a2e,#000)}
.instance-head h2{font-size:1.1875rem}
.instance-head{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding:1.125rem 1.375rem;border-bottom:1px solid var(--rule)}
.status{display:inline-flex;align-items:center;gap:.5rem;padding:.25rem .75rem;border-radius:99px;font-size:.8438rem;font-weight:550;white-space:nowrap}
.status::before{content:"";width:.5rem;height:.5rem;border-radius:50%;background:currentColor}
.status.up{color:var(--accent);background:var(--accent-wash)}
.status.down{color:var(--stop);background:var(--stop-wash)}
.facts{padding:.375rem 1.375rem 1rem}
.facts>div{display:flex;justify-content:space-between;gap:1.5rem;padding:.75rem 0;border-bottom:1px solid var(--rule);font-size:.9375rem}
.facts>div:last-child{border-bottom:0}
.facts dt{color:var(--ink-soft)}
.facts dd{font:500 .8438rem/1.6 var(--figures-face);text-align:right;overflow-wrap:anywhere}

section{padding-block:clamp(2.75rem,5vw,4.25rem);border-top:1px solid var(--rule)}
.section-head{max-width:44rem;margin-bottom:2rem}
.section-head p{margin-top:.75rem;color:var(--ink-soft)}

.posting{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.02fr);gap:1.5rem;align-items:stretch}
.posting>*{display:flex;flex-direction:column}
.ledger{overflow:hidden}
.ledger .scroll{overflow-x:auto}
table.lines{width:100%;border-collapse:collapse;font-size:.9375rem}
.lines caption{text-align:left;padding:1.125rem 1.375rem .875rem;border-bottom:1px solid var(--rule)}
.lines caption strong{display:block;font-weight:600}
.lines caption span{font-size:.875rem;color:var(--ink-faint)}
.lines th,.lines td{padding:.8125rem 1.375rem;text-align:left;border-bottom:1px solid var(--rule)}
.lines thead th{font-size:.8125rem;font-weight:500;color:var(--ink-faint);padding-block:.625rem}
.lines tbody th{font-weight:450}
.lines tbody th code{color:var(--ink-faint);margin-right:.5rem}
.lines .amount{text-align:right}
.lines td.amount{font:500 .9063rem/1.6 var(--figures-face);font-variant-numeric:tabular-nums}
.lines tr>:nth-child(n+2){border-left:1px solid var(--rule)}
.lines .to th{padding-left:2.625rem}
.lines tfoot td,.lines tfoot th{border-bottom:0;font-weight:550}
.lines tfoot .amount span{display:inline-block;border-bottom:4px double var(--ink);padding-bottom:.125rem}
.seal{margin-top:auto;padding:.875rem 1.375rem;border-top:1px solid var(--rule);background:var(--well);color:var(--ink-faint);font:400 .7813rem/1.6 var(--figures-face);overflow-wrap:anywhere}

.code{position:relative;background:var(--code);color:var(--code-ink);border-radius:12px;border:1px solid light-dark(transparent,var(--rule))}
.code pre{padding:1.25rem 1.375rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8438rem;line-height:1.75;tab-size:2}
.code .name{display:block;padding:1rem 1.375rem 0;font:500 .8125rem/1.5 var(--figures-face);color:var(--code-faint)}
.code .name+pre{padding-top:.625rem}
.code b{font-weight:500;color:var(--code-accent)}
.code i{font-style:normal;color:var(--code-faint)}
.copy{position:absolute;top:.75rem;right:.75rem;padding:.25rem .75rem;border-radius:6px;border:1px solid #ffffff2e;background:#14241d;color:var(--code-ink);font:500 .8125rem/1.5 var(--text-face);cursor:pointer}
.copy:hover{border-color:#ffffff70}
.steps{display:grid;gap:1.125rem;counter-reset:step}
.steps>li{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr);gap:.75rem 2rem;align-items:start;counter-increment:step}
.steps p{font-size:.9375rem;color:var(--ink-soft);margin-top:.25rem}
.steps .what{padding-top:1rem}
.steps h3::before{content:counter(step);display:inline-grid;place-items:center;width:1.5rem;height:1.5rem;margin-right:.625rem;border-radius:50%;background:var(--accent-wash);color:var(--accent);font:550 .8125rem/1 var(--figures-face)}
.steps .code pre{padding-right:5.5rem}

.promises{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:2rem}
.promises h3{padding-top:1rem;border-top:2px solid var(--accent)}
.promises p{margin-top:.5rem;font-size:.9375rem;color:var(--ink-soft)}

.next{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:1.25rem}
.next a{display:flex;flex-direction:column;gap:.375rem;padding:1.375rem;color:inherit;text-decoration:none;transition:border-color .15s}
.next a:hover{border-color:var(--accent)}
.next h3{color:var(--accent)}
.next p{font-size:.9375rem;color:var(--ink-soft)}
.next code{margin-top:auto;padding-top:.75rem;color:var(--ink-faint)}

footer{border-top:1px solid var(--rule);padding-block:2rem 3rem;font-size:.875rem;color:var(--ink-faint)}
footer .wrap{display:flex;flex-wrap:wrap;gap:.5rem 2rem;justify-content:space-between}

.errors{display:grid;grid-template-columns:15.5rem minmax(0,1fr);gap:4rem;padding-block:3rem 4rem}
.index{position:sticky;top:5rem;align-self:start;max-height:calc(100vh - 6.5rem);overflow-y:auto;padding-right:.5rem;scrollbar-width:thin}
.index h2{font:600 .8125rem/1.5 var(--text-face);letter-spacing:0;color:var(--ink-faint);margin:1.125rem 0 .25rem}
.index div:first-child h2{margin-top:0}
.index a{display:block;padding:.1875rem 0;font:400 .7813rem/1.6 var(--figures-face);color:var(--ink-soft);text-decoration:none;overflow-wrap:anywhere}
.index a:hover{color:var(--accent)}
.errors-intro{max-width:46rem}
.errors-intro h1{margin-bottom:1rem;font-size:clamp(2.1rem,1.5rem + 2.4vw,3rem)}
.errors-intro .code{margin-top:1.75rem}
.errors-intro .after{margin-top:1.5rem;color:var(--ink-soft)}
.group{border-top:0;padding-block:2.75rem 0}
.group>h2{padding-bottom:.875rem;border-bottom:1px solid var(--rule-strong)}
.group>h2 span{font:500 .9375rem/1 var(--text-face);color:var(--ink-faint);letter-spacing:0;margin-left:.625rem}
.failure{display:grid;gap:.5rem;padding:1.5rem 1.25rem;margin-inline:-1.25rem;border-bottom:1px solid var(--rule);scroll-margin-top:4.5rem}
.failure:target{background:var(--accent-wash);border-radius:8px}
.failure header{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .75rem}
.failure h3 a{color:inherit;text-decoration:none;font:600 1rem/1.5 var(--figures-face);overflow-wrap:anywhere}
.failure h3 a:hover{color:var(--accent)}
.chip{padding:.125rem .625rem;border-radius:99px;font:500 .7813rem/1.6 var(--text-face);background:var(--well);color:var(--ink-soft);white-space:nowrap}
.chip.retry{background:var(--accent-wash);color:var(--accent)}
.failure p{max-width:44rem}
.failure .todo{color:var(--ink-soft)}
.failure .todo b{font-weight:550;color:var(--ink)}

@media (max-width:60rem){
  .hero,.posting{grid-template-columns:minmax(0,1fr)}
  .promises{grid-template-columns:repeat(2,minmax(0,1fr))}
  .errors{grid-template-columns:minmax(0,1fr);gap:2rem}
  .index{position:static;max-height:none;columns:2;order:2}
  .index div{break-inside:avoid}
}
@media (max-width:44rem){
  .next,.steps>li{grid-template-columns:minmax(0,1fr)}
  .steps .what{padding-top:.5rem}
  .lines th,.lines td,.lines caption,.seal{padding-inline:.5rem}
  .lines .to th{padding-left:1.25rem}
  .code .name,.code pre{padding-inline:.75rem}
}
@media (max-width:30rem){
  .promises,.index{grid-template-columns:minmax(0,1fr);columns:1}
}
@media print{.masthead,.index,.copy{display:none}}
`;
