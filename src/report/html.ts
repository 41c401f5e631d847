import { createHash } from 'node:crypto';
import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import { SEVERITIES } from '#core/severity.ts';
import { barChart, folderOf, severityChart } from './html-chart.ts';
import { findingHtml } from './html-finding.ts';
import { html, Markup } from './html-markup.ts';
import { SCRIPT } from './html-script.ts';
import { STYLE } from './html-style.ts';
import { verdictHtml } from './html-verdict.ts';
import type { Pieces, RenderOptions } from './options.ts';
import {
  capitalised,
  count,
  coverageSentences,
  number,
  problemText,
  standing,
  targetText,
  worstFirst,
} from './wording.ts';

/** A browser shows this many without trouble; the worst are kept and the page says how many are not there. */
const MOST_FINDINGS = 5000;

/** From here on the browser lays out only what is on the screen. */
const LONG = 300;

const integrity = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but the page's own style and script: no request leaves it, and no markup from a scanned file could run. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${integrity(STYLE)}`,
  `script-src ${integrity(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One page that stands alone: charts, filters and search, light and dark, printable, readable without its script. */
export function* render(report: ScanReport, options: RenderOptions): Pieces {
  const title = `${capitalised(report.verdict.outcome)}: ${targetText(report.target)}`;
  yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(CONTENT_SECURITY_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · Sluice</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#findings">Go to the findings</a>
${topHtml(report)}
<main>
${verdictHtml(report)}
${figuresHtml(report)}
${chartsHtml(standing(report))}
`.source;
  yield* findingsHtml(report, options);
  yield html`
${problemsHtml(report)}
<section class="card" id="coverage" aria-labelledby="coverage-title"><h2 id="coverage-title">What was looked at</h2>
${coverageSentences(report).map((sentence) => html`<p>${sentence}</p>`)}</section>
<footer>Sluice ${report.tool.version}. Secrets are masked; no value is in this page.</footer>
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.source;
}

const topHtml = (report: ScanReport): Markup =>
  html`<header class="top"><span class="brand"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 3v18M20 3v18M4 7h16M8 7v8M12 7v8M16 7v8"/></svg>Sluice</span>
<span class="target">Scan of ${targetText(report.target)}</span>
<button type="button" id="theme" class="scripted-only">Light or dark</button></header>`;

function figuresHtml(report: ScanReport): Markup {
  const open = standing(report);
  const figure = (style: string, value: number, label: string): Markup =>
    html`<div class="card figure ${value === 0 ? 'none' : style}"><b>${number(value)}</b><span>${label}</span></div>`;
  const severities = SEVERITIES.toReversed().map((severity) =>
    figure(severity, open.filter((finding) => finding.severity === severity).length, severity),
  );
  return html`<section class="figures" aria-label="Numbers">${severities}
${figure('', report.findings.length - open.length, 'suppressed')}
${figure('medium', report.problems.length, report.problems.length === 1 ? 'problem' : 'problems')}</section>`;
}

function chartsHtml(open: readonly Finding[]): Markup | undefined {
  if (open.length === 0) return undefined;
  return html`<section class="card charts" aria-label="Charts">${severityChart(open)}
${barChart('By check', 'check', open, ({ check }) => check)}
${barChart('By folder', 'folder', open, folderOf)}</section>`;
}

function* findingsHtml(report: ScanReport, options: RenderOptions): Pieces {
  const isSuppressed = (finding: Finding): number => (finding.suppression === undefined ? 0 : 1);
  const all = worstFirst(report.findings).toSorted((a, b) => isSuppressed(a) - isSuppressed(b));
  const shown = all.slice(0, MOST_FINDINGS);
  const left = all.length - shown.length;
  const heading = html`<h2 id="findings-title">Findings</h2>`;
  if (all.length === 0) {
    yield html`<section id="findings" class="card" aria-labelledby="findings-title">${heading}<p>None.</p></section>`
      .source;
    return;
  }
  yield html`<section id="findings" aria-labelledby="findings-title">${heading}
${filtersHtml()}
<p class="shown scripted-only" id="shown" role="status"></p>
${left === 0 ? undefined : html`<p class="quiet">${count(left, 'finding')} of the lowest severity left out; the JSON report has them all.</p>`}
<div class="list${shown.length > LONG ? ' long' : ''}">`.source;
  for (const finding of shown) yield findingHtml(finding, options.documentation?.(finding.check)).source;
  yield html`</div>
<p id="nothing" class="card" hidden>Nothing matches these filters.</p></section>`.source;
}

function filtersHtml(): Markup {
  const chip = (name: string, value: string, checked: boolean): Markup =>
    html`<label class="chip ${value}"><input type="checkbox" name="${name}" value="${value}"${checked ? html` checked` : undefined}>${capitalised(value)}</label>`;
  return html`<form class="filters scripted-only" id="filters" role="search" autocomplete="off">
<input type="search" name="search" placeholder="Search path, check, text" aria-label="Search the findings">
<select name="confidence" aria-label="Confidence"><option value="">Any confidence</option><option value="high">High confidence</option><option value="medium">Medium confidence</option><option value="low">Low confidence</option></select>
<button type="button" id="clear">Clear</button><button type="button" id="expand" aria-pressed="false">Open all</button>
<div class="chips"><fieldset aria-label="Severity">${SEVERITIES.toReversed().map((severity) => chip('severity', severity, true))}</fieldset>
<fieldset aria-label="State">${chip('state', 'open', true)}${chip('state', 'suppressed', false)}</fieldset></div></form>`;
}

function problemsHtml(report: ScanReport): Markup | undefined {
  if (report.problems.length === 0) return undefined;
  const items = report.problems.map(
    (problem) =>
      html`<li>${problemText(problem)}${problem.hint === undefined ? undefined : html`<br><span class="hint">${problem.hint}</span>`}</li>`,
  );
  return html`<section class="card" id="problems" aria-labelledby="problems-title"><h2 id="problems-title">What could not be checked</h2><ul class="problems">${items}</ul></section>`;
}
