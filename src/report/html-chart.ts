import type { Finding } from '#core/finding.ts';
import { html, type Markup } from './html-markup.ts';
import { bySeverity, capitalised, count, number } from './wording.ts';

/** Bars in a chart; what is smaller is one bar of its own. */
const BARS = 7;
const FULL = 100;

/** The share of each severity as one bar, with its legend. */
export function severityChart(findings: readonly Finding[]): Markup {
  const groups = bySeverity(findings);
  let x = 0;
  const slices = groups.map(([severity, group]) => {
    const width = (group.length / findings.length) * FULL;
    const slice = html`<rect class="fill-${severity}" x="${fixed(x)}" y="0" width="${fixed(Math.max(width - 0.4, 0.2))}" height="10"/>`;
    x += width;
    return slice;
  });
  const label = groups.map(([severity, group]) => `${number(group.length)} ${severity}`).join(', ');
  const legend = groups.map(
    ([severity, group]) =>
      html`<li><span class="dot ${severity}"></span>${capitalised(severity)} <b>${number(group.length)}</b></li>`,
  );
  return html`<figure class="chart"><figcaption>By severity</figcaption>
<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${label}">${slices}</svg>
<ul class="legend">${legend}</ul></figure>`;
}

/** How many findings of each kind, most first, as bars that filter the list. `key` names the filter and its value. */
export function barChart(
  title: string,
  filter: 'check' | 'folder',
  findings: readonly Finding[],
  key: (finding: Finding) => string,
): Markup {
  const groups = [...Map.groupBy(findings, key)]
    .map(([name, group]) => ({ name, size: group.length }))
    .toSorted((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const most = groups[0]?.size ?? 1;
  const rows = groups.slice(0, BARS).map(({ name, size }) => {
    const bar = html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width="${fixed((size / most) * FULL)}" height="6"/></svg>`;
    return html`<li><button type="button" class="row" data-filter="${filter}" data-value="${name}" aria-pressed="false" title="Show only these"><span class="name">${name}</span><b>${number(size)}</b>${bar}</button></li>`;
  });
  const left = groups.slice(BARS);
  const rest = left.reduce((sum, { size }) => sum + size, 0);
  const more =
    left.length === 0
      ? undefined
      : html`<p class="quiet">and ${count(rest, 'finding')} in ${number(left.length)} more</p>`;
  return html`<figure class="chart"><figcaption>${title}</figcaption><ul class="bars">${rows}</ul>${more}</figure>`;
}

/** Up to two folders deep: enough to see where in a repository things are. */
export function folderOf(finding: Finding): string {
  const folders = finding.location.path.split('/').slice(0, -1);
  return folders.length === 0 ? '.' : folders.slice(0, 2).join('/');
}

const fixed = (value: number): string => value.toFixed(2);
