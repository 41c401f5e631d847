import type { CheckDocumentation } from '#core/check.ts';
import type { Finding, Location } from '#core/finding.ts';
import { markedRange } from './code-frame.ts';
import { folderOf } from './html-chart.ts';
import { link, markdownHtml } from './html-markdown.ts';
import { html, type Markup, type Part } from './html-markup.ts';
import { capitalised, originText, place, secretStatements, suppressionText } from './wording.ts';

const PLACES = 200;
const LONGEST_LINE = 2000;

/** One finding: a line that opens to the code, what is known, and what to do. */
export function findingHtml(finding: Finding, documentation: CheckDocumentation | undefined): Markup {
  const { severity, confidence, check, location, suppression, fingerprint, isNew } = finding;
  const state = suppression === undefined ? 'open' : 'suppressed';
  const badges: Part = [
    suppression === undefined ? undefined : html`<span class="tag">suppressed</span>`,
    isNew || suppression !== undefined ? undefined : html`<span class="tag">not new</span>`,
  ];
  return html`<article class="finding" id="f-${fingerprint}" data-severity="${severity}" data-confidence="${confidence}" data-state="${state}" data-check="${check}" data-folder="${folderOf(finding)}">
<details><summary><span class="badge ${severity}">${severity}</span><span class="title">${finding.title}${badges}</span><span class="where">${place(location)}</span></summary>
<div class="body">${frameHtml(finding)}
<dl>${facts(finding)}</dl>
<div class="do"><h3>What to do</h3><p>${finding.remedy}</p>${documentation === undefined || documentation.fix === '' ? undefined : markdownHtml(documentation.fix)}</div>
${aboutCheck(documentation)}
</div></details></article>
`;
}

function frameHtml(finding: Finding): Markup | undefined {
  const { frame, startLine, endLine } = finding.location;
  if (frame === undefined || frame.lines.length === 0) return undefined;
  const rows = frame.lines.map((line, index) => {
    const at = frame.firstLine + index;
    if (at < startLine || at > endLine) return row(at, '', [shorten(line)]);
    const { start, end } = markedRange(finding, line, at);
    const from = Math.max(0, start - LONGEST_LINE / 2);
    const marked = html`<mark>${expand(line.slice(start, Math.min(end, start + LONGEST_LINE)))}</mark>`;
    return row(at, 'hit', [from > 0 ? '…' : '', expand(line.slice(from, start)), marked, shorten(line.slice(end))]);
  });
  return html`<pre class="frame" tabindex="0" aria-label="Code, secrets masked">${rows}</pre>`;
}

const row = (line: number, style: string, code: readonly Part[]): Markup =>
  html`<span class="line ${style}"><span class="number" aria-hidden="true">${line}</span><code>${code}</code></span>`;

const expand = (text: string): string => text.replaceAll('\t', '  ');

const shorten = (text: string): string =>
  text.length <= LONGEST_LINE ? expand(text) : `${expand(text.slice(0, LONGEST_LINE))}…`;

function facts(finding: Finding): Part {
  const { secret, suppression, location, cwe, trace, places, fix } = finding;
  const origin = originText(location.origin);
  return [
    fact('What', finding.message === finding.title ? undefined : finding.message),
    fact('Check', [html`<code>${finding.check}</code>`, ...cwe.map(cweLink)]),
    fact('Confidence', capitalised(finding.confidence)),
    fact('Suppressed by', suppression && suppressionText(suppression)),
    fact(
      'Secret',
      secret && [html`<code>${secret.masked}</code>`, ...secretStatements(secret).map((said) => `, ${said}`)],
    ),
    fact('Proof', secret !== undefined && secret.proofs.length > 0 ? list(secret.proofs) : undefined),
    fact('Since', origin),
    fact(
      'Trace',
      trace &&
        list(
          trace.map((step) => html`<code>${place(step.location)}</code> ${step.message}`),
          'ol',
        ),
    ),
    fact('Also in', places.length === 0 ? undefined : placesHtml(places)),
    fact('Fix', fix?.description),
    fact('Fingerprint', html`<code class="quiet">${finding.fingerprint}</code>`),
  ];
}

const fact = (label: string, value: Part): Part =>
  value === undefined ? undefined : html`<dt>${label}</dt><dd>${value}</dd>`;

const cweLink = (cwe: number): Markup =>
  html` ${link(`https://cwe.mitre.org/data/definitions/${cwe}.html`, `CWE-${cwe}`)}`;

const list = (items: readonly Part[], tag: 'ul' | 'ol' = 'ul'): Markup => {
  const rows = items.map((item) => html`<li>${item}</li>`);
  return tag === 'ul' ? html`<ul>${rows}</ul>` : html`<ol>${rows}</ol>`;
};

function placesHtml(places: readonly Location[]): Part {
  const shown = places.slice(0, PLACES).map((location) => {
    const origin = originText(location.origin);
    return html`<code>${place(location)}</code>${origin === undefined ? undefined : `, ${origin}`}`;
  });
  const left = places.length - shown.length;
  return list(left === 0 ? shown : [...shown, `and ${left} more`]);
}

function aboutCheck(documentation: CheckDocumentation | undefined): Markup | undefined {
  if (documentation === undefined) return undefined;
  const { why, limits, references } = documentation;
  const links = references.filter((url) => /^https?:\/\//.test(url)).map((url) => html`<li>${link(url, url)}</li>`);
  return html`<div class="about"><h3>Why it matters</h3>${markdownHtml(why)}${
    limits === '' ? undefined : html`<h3>Limits of the check</h3>${markdownHtml(limits)}`
  }${links.length === 0 ? undefined : html`<h3>References</h3><ul>${links}</ul>`}</div>`;
}
