import type { ScanReport } from '#core/scan.ts';
import type { Outcome, Reason } from '#core/verdict.ts';
import { html, type Markup } from './html-markup.ts';
import { capitalised, count, nextSteps, place, severitySummary, standing } from './wording.ts';

const BLAMED = 6;

const SIGN: Readonly<Record<Outcome, Markup>> = {
  pass: html`<path d="M7.5 12.5l3 3 6-6.5"/>`,
  refused: html`<path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>`,
  incomplete: html`<path d="M12 7v6M12 16.4v.1"/>`,
};

/** The verdict at the top of the page, with every reason, links to what it is about, and what to do. */
export function verdictHtml(report: ScanReport): Markup {
  const { outcome, reasons } = report.verdict;
  const problems = report.problems.length === 0 ? '' : `, ${count(report.problems.length, 'problem')}`;
  const steps = nextSteps(report);
  const more =
    reasons.length === 0 && steps.length === 0
      ? undefined
      : html`<div class="more"><ul class="reasons">${reasons.map((reason) => reasonHtml(reason, report))}</ul>${
          steps.length === 0
            ? undefined
            : html`<h3>What to do</h3><ul class="steps">${steps.map(({ say, write }) => html`<li>${say} ${write === undefined ? undefined : html`<code>${write}</code>`}</li>`)}</ul>`
        }</div>`;
  return html`<section class="card verdict ${outcome}" aria-labelledby="verdict-title">
<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>${SIGN[outcome]}</svg>
<h1 id="verdict-title">${capitalised(outcome)}</h1>
<p class="summary">${capitalised(severitySummary(standing(report)))}${problems}</p>${more}</section>`;
}

function reasonHtml(reason: Reason, report: ScanReport): Markup {
  const blamed = new Set(reason.findings);
  const findings = report.findings.filter(({ fingerprint }) => blamed.has(fingerprint));
  const links = findings
    .slice(0, BLAMED)
    .map(
      (finding) =>
        html`<li><a href="#f-${finding.fingerprint}">${finding.title}</a> <span class="quiet">${place(finding.location)}</span></li>`,
    );
  const left = findings.length - links.length;
  const rest = left > 0 ? html`<li class="quiet">and ${left} more</li>` : undefined;
  return html`<li><span class="outcome ${reason.outcome}">${capitalised(reason.outcome)}</span> ${reason.message}<span class="rule">${reason.rule}</span>${
    links.length === 0 ? undefined : html`<ul>${links}${rest}</ul>`
  }</li>`;
}
