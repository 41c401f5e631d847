/** The page's style. Colours are pairs for light and dark, each at least 4.5 : 1 against what it stands on (WCAG 2.2 AA). */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f8, #0f1318);
  --card: light-dark(#ffffff, #171c23);
  --sunken: light-dark(#f0f2f5, #10151b);
  --line: light-dark(#dfe3e8, #2a323c);
  --text: light-dark(#1b2430, #e4e9ef);
  --quiet: light-dark(#566273, #9aa7b6);
  --accent: light-dark(#0b5f8a, #6cc4f0);
  --critical: light-dark(#a3123a, #ff7085);
  --high: light-dark(#b93a0b, #ffa05c);
  --medium: light-dark(#8a5a00, #f0c14b);
  --low: light-dark(#1f5fbf, #8ab8ff);
  --info: light-dark(#536070, #a9b6c4);
  --good: light-dark(#11713f, #63d596);
  --shadow: light-dark(0 1px 2px #1b243014, 0 1px 2px #0008);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); }
code, pre, .where { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.92em; }
code { overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 2px; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.quiet { color: var(--quiet); }
[hidden] { display: none !important; }
html:not(.scripted) .scripted-only { display: none; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--card); padding: 8px; z-index: 2; }
.top { display: flex; align-items: center; gap: 14px; padding: 14px clamp(16px, 4vw, 40px); background: var(--card); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 9px; font-weight: 700; font-size: 17px; letter-spacing: -0.01em; }
.brand svg { width: 24px; height: 24px; }
.brand path { fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-linecap: round; }
.top .target { color: var(--quiet); min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1; }
main { max-width: 1160px; margin: 0 auto; padding: 24px clamp(16px, 4vw, 40px) 48px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; }
main > * { min-width: 0; }
main p:last-child { margin-bottom: 0; }
h1, h2, h3, h4 { margin: 0; line-height: 1.25; letter-spacing: -0.01em; }
h2 { font-size: 19px; }
h3, h4 { font-size: 13px; color: var(--quiet); font-weight: 600; letter-spacing: 0; margin: 14px 0 4px; }
button, select, input { font: inherit; color: inherit; }
button, select, input[type="search"] { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; min-height: 36px; }
button { cursor: pointer; }
button:hover, select:hover { border-color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 20px 22px; }
.verdict { border-left: 6px solid var(--tone); display: grid; grid-template-columns: auto 1fr; gap: 4px 18px; align-items: center; }
.verdict.pass { --tone: var(--good); }
.verdict.refused { --tone: var(--critical); }
.verdict.incomplete { --tone: var(--medium); }
.verdict .sign { width: 46px; height: 46px; grid-row: span 2; align-self: start; }
.verdict .sign circle { fill: none; stroke: var(--tone); stroke-width: 2; }
.verdict .sign path { fill: none; stroke: var(--tone); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.verdict h1 { font-size: 27px; color: var(--tone); }
.verdict .summary { margin: 0; color: var(--quiet); }
.verdict .more { grid-column: 1 / -1; margin-top: 10px; }
.reasons { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.reasons > li { padding: 10px 14px; background: var(--sunken); border-radius: 8px; }
.reasons .rule { color: var(--quiet); font-size: 0.9em; margin-left: 6px; }
.reasons ul { margin: 4px 0 0; padding-left: 18px; font-size: 0.93em; }
.outcome { font-weight: 650; }
.outcome.refused { color: var(--critical); }
.outcome.incomplete, .outcome.warning { color: var(--medium); }
.steps { margin: 6px 0 0; padding-left: 20px; }
.steps code { background: var(--sunken); border-radius: 5px; padding: 1px 6px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); gap: 12px; }
.figure { padding: 14px 18px; }
.figure b { display: block; font-size: 26px; line-height: 1.1; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; }
.figure span { color: var(--quiet); font-size: 13px; }
.figure.critical b { color: var(--critical); } .figure.high b { color: var(--high); } .figure.medium b { color: var(--medium); }
.figure.low b { color: var(--low); } .figure.info b { color: var(--info); } .figure.none b { color: var(--quiet); opacity: 0.65; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 28px; }
.chart { margin: 0; min-width: 0; }
figcaption { font-weight: 650; margin-bottom: 10px; }
.share { width: 100%; height: 16px; border-radius: 6px; display: block; }
.fill-critical { fill: var(--critical); } .fill-high { fill: var(--high); } .fill-medium { fill: var(--medium); }
.fill-low { fill: var(--low); } .fill-info { fill: var(--info); }
.legend, .bars { list-style: none; margin: 12px 0 0; padding: 0; }
.legend { display: grid; gap: 5px; }
.legend b { float: right; font-variant-numeric: tabular-nums; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 9px; background: var(--tone); }
.critical { --tone: var(--critical); } .high { --tone: var(--high); } .medium { --tone: var(--medium); }
.low { --tone: var(--low); } .info { --tone: var(--info); }
.bars { margin: 0 -8px; display: grid; gap: 1px; }
.row { width: 100%; display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; text-align: left; border-color: transparent; background: none; padding: 4px 8px; min-height: 0; }
.row:hover { background: var(--sunken); border-color: transparent; }
.row[aria-pressed="true"] { background: var(--sunken); border-color: var(--accent); }
.row .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.94em; }
.row b { font-variant-numeric: tabular-nums; }
.bar { grid-column: 1 / -1; width: 100%; height: 5px; border-radius: 3px; background: var(--sunken); }
.bar rect { fill: var(--accent); }
.filters { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 12px 0 4px; position: sticky; top: 0; z-index: 1; background: var(--page); padding: 8px 0; }
.filters input[type="search"] { flex: 1 1 220px; min-width: 0; }
.chips { display: flex; flex-wrap: wrap; gap: 6px 18px; flex: 1 0 100%; }
.filters fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px; }
.chip { position: relative; display: inline-flex; align-items: center; border: 1px solid var(--line); background: var(--card); border-radius: 999px; padding: 4px 13px; min-height: 36px; cursor: pointer; user-select: none; }
.chip input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.chip::before { content: "+"; display: inline-block; width: 1.25em; }
.chip:has(:checked)::before { content: "\\2713"; }
.chip:has(:checked) { border-color: var(--tone, var(--accent)); color: var(--tone, var(--accent)); }
.chip:not(:has(:checked)) { color: var(--quiet); border-style: dashed; }
.chip:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.shown { margin: 0 0 10px; color: var(--quiet); font-size: 0.93em; }
.list { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); scroll-margin-top: 120px; }
.long .finding { content-visibility: auto; contain-intrinsic-size: auto 48px; }
.finding:target { border-color: var(--accent); }
summary { display: grid; grid-template-columns: 82px minmax(160px, 1fr) minmax(0, 1.2fr); gap: 14px; align-items: center; padding: 11px 16px; cursor: pointer; border-radius: 10px; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--sunken); }
.badge { justify-self: start; color: var(--tone); border: 1px solid var(--tone); border-radius: 6px; padding: 0 8px; font-size: 12.5px; font-weight: 650; line-height: 22px; }
.title { font-weight: 600; overflow-wrap: anywhere; }
.tag { font-weight: 500; font-size: 12px; color: var(--quiet); border: 1px solid var(--line); border-radius: 6px; padding: 0 6px; margin-left: 8px; white-space: nowrap; }
.where { color: var(--quiet); text-align: right; overflow-wrap: anywhere; }
.body { padding: 2px 18px 18px; border-top: 1px solid var(--line); }
.frame { margin: 14px 0; padding: 10px 0; background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; line-height: 1.6; }
.line { display: block; width: max-content; min-width: 100%; padding-right: 16px; }
.line.hit { background: light-dark(#fff3d6, #3a2f14); }
.line .number { display: inline-block; width: 52px; padding-right: 14px; text-align: right; color: var(--quiet); user-select: none; }
.line code { font-size: 1em; white-space: pre; overflow-wrap: normal; }
mark { background: light-dark(#ffd978, #7a5c10); color: inherit; border-radius: 3px; }
dl { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: 6px 16px; margin: 14px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
dd ul, dd ol { margin: 0; padding-left: 18px; }
.do { border-left: 3px solid var(--accent); padding: 2px 0 2px 16px; }
.do h3 { margin-top: 0; }
.body p { margin: 4px 0; }
.body pre:not(.frame) { background: var(--sunken); border-radius: 8px; padding: 10px 14px; overflow-x: auto; }
.problems { list-style: none; padding: 0; margin: 10px 0 0; display: grid; gap: 8px; }
.problems li { padding: 10px 14px; background: var(--sunken); border-radius: 8px; overflow-wrap: anywhere; }
.problems .hint { color: var(--quiet); }
footer { color: var(--quiet); font-size: 0.9em; text-align: center; }
@media (max-width: 720px) {
  summary { grid-template-columns: auto 1fr; }
  .where { grid-column: 1 / -1; text-align: left; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
  .filters { position: static; }
}
@media print {
  :root { color-scheme: light; font-size: 11px; }
  body { background: none; }
  .filters, .shown, #theme, .skip { display: none !important; }
  .card, .finding { box-shadow: none; break-inside: avoid-page; }
  .long .finding { content-visibility: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .frame, .line code { white-space: pre-wrap; }
  .line { width: auto; }
}
@media (prefers-contrast: more) { :root { --quiet: var(--text); --line: var(--text); } }
`;
