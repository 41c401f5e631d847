import type { Finding, Location } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import { jsonText } from './json-text.ts';
import type { Pieces, RenderOptions } from './options.ts';
import { visible } from './visible.ts';
import { capitalised, count, isIncomplete, problemText, standing, statements } from './wording.ts';

/** What GitLab's secret detection and SAST reports have in common: version 15 of its security report schemas. */

/** Old enough for every supported GitLab, and all that is written here is in it. */
const SCHEMA_VERSION = '15.0.7';
const NAME_LIMIT = 255;
const SOLUTION_LIMIT = 7000;
const PLACES = 100;

export type ScanType = 'secret_detection' | 'sast';

/** A report of one type about some of the findings; suppressed ones are counted in its messages. */
export function securityReport(
  type: ScanType,
  report: ScanReport,
  options: RenderOptions,
  belongs: (finding: Finding) => boolean,
): Pieces {
  const tool = { id: 'sluice', name: 'Sluice', version: report.tool.version, vendor: { name: 'Sluice' } };
  const findings = standing(report).filter(belongs);
  return jsonText({
    version: SCHEMA_VERSION,
    scan: {
      analyzer: tool,
      scanner: tool,
      type,
      start_time: report.startedAt.slice(0, 19),
      end_time: report.endedAt.slice(0, 19),
      status: isIncomplete(report) ? 'failure' : 'success',
      messages: messages(report, belongs),
    },
    vulnerabilities: findings.map((finding) => vulnerability(type, finding, options)),
  });
}

function messages(report: ScanReport, belongs: (finding: Finding) => boolean) {
  const suppressed = report.findings.filter((finding) => finding.suppression !== undefined && belongs(finding)).length;
  return [
    ...report.problems.map((problem) => ({ level: 'warn', value: problemText(problem) })),
    ...(suppressed === 0 ? [] : [{ level: 'info', value: `${count(suppressed, 'suppressed finding')} left out` }]),
  ];
}

/** `raw_source_code_extract` is left out: GitLab means the secret itself by it, which no report of ours holds. */
function vulnerability(type: ScanType, finding: Finding, options: RenderOptions) {
  const documentation = options.documentation?.(finding.check);
  return {
    id: uuid(finding.fingerprint),
    name: visible(finding.title).slice(0, NAME_LIMIT),
    description: statements(finding).map(markdown).join(' '),
    severity: capitalised(finding.severity),
    solution: finding.remedy.slice(0, SOLUTION_LIMIT),
    identifiers: [
      { type: 'sluice', name: `Sluice ${finding.check}`, value: finding.check },
      ...finding.cwe.map((cwe) => ({
        type: 'cwe',
        name: `CWE-${cwe}`,
        value: String(cwe),
        url: `https://cwe.mitre.org/data/definitions/${cwe}.html`,
      })),
    ],
    links: (documentation?.references ?? []).filter((url) => /^https?:\/\/./.test(url)).map((url) => ({ url })),
    details: details(finding),
    location: location(type, finding.location, options),
  };
}

function details(finding: Finding) {
  const { confidence, secret, places } = finding;
  return {
    confidence: { name: 'Confidence', type: 'text', value: confidence },
    ...(secret === undefined ? {} : { value: { name: 'Masked value', type: 'text', value: visible(secret.masked) } }),
    ...(places.length === 0
      ? {}
      : { places: { name: 'Also in', type: 'list', items: places.slice(0, PLACES).map(fileLocation) } }),
  };
}

const fileLocation = ({ path, startLine, endLine }: Location) => ({
  type: 'file-location',
  file_name: path,
  line_start: startLine,
  line_end: endLine,
});

function location(type: ScanType, { path, startLine, endLine, origin }: Location, options: RenderOptions) {
  const lines = { file: path, start_line: startLine, end_line: endLine };
  if (type === 'sast') return lines;
  if (origin.kind !== 'commit') return { ...lines, commit: { sha: options.repository?.revision ?? UNKNOWN_COMMIT } };
  return { ...lines, commit: { sha: origin.commit, author: visible(origin.author), date: visible(origin.date) } };
}

/** What GitLab's own analysers write where a scan is of files rather than of commits; the field is required. */
const UNKNOWN_COMMIT = '0000000';

const uuid = (fingerprint: string): string =>
  fingerprint.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/s, '$1-$2-$3-$4-$5');

/** GitLab reads descriptions as Markdown. */
const markdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>&|#~@!]/g, (character) => `&#${character.charCodeAt(0)};`);
