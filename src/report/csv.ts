import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Pieces } from './options.ts';
import { visible } from './visible.ts';
import { suppressionText } from './wording.ts';

type Cell = string | number | boolean | undefined;

/** One column: its heading and what stands in it. The order is part of the format: new columns go to the end. */
const COLUMNS: readonly (readonly [heading: string, cell: (finding: Finding) => Cell])[] = [
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['severity', ({ severity }) => severity],
  ['confidence', ({ confidence }) => confidence],
  ['check', ({ check }) => check],
  ['title', ({ title }) => title],
  ['message', ({ message }) => message],
  ['path', ({ location }) => location.path],
  ['start_line', ({ location }) => location.startLine],
  ['start_column', ({ location }) => location.startColumn],
  ['end_line', ({ location }) => location.endLine],
  ['end_column', ({ location }) => location.endColumn],
  ['other_places', ({ places }) => places.length],
  ['new', ({ isNew }) => isNew],
  ['suppressed_by', ({ suppression }) => suppression && suppressionText(suppression)],
  ['secret', ({ secret }) => secret?.masked],
  ['proofs', ({ secret }) => secret?.proofs.join('; ')],
  ['verification', ({ secret }) => secret?.verification],
  ['in_head', ({ secret }) => secret?.inHead],
  ['commit', ({ location: { origin } }) => (origin.kind === 'commit' ? origin.commit : undefined)],
  ['author', ({ location: { origin } }) => (origin.kind === 'commit' ? origin.author : undefined)],
  ['email', ({ location: { origin } }) => (origin.kind === 'commit' ? origin.email : undefined)],
  ['date', ({ location: { origin } }) => (origin.kind === 'commit' ? origin.date : undefined)],
  ['cwe', ({ cwe }) => cwe.map((number) => `CWE-${number}`).join(' ')],
  ['tags', ({ tags }) => tags.join(' ')],
  ['remedy', ({ remedy }) => remedy],
];

/**
 * One line for each finding, suppressed ones too, after RFC 4180: commas, CRLF, quotes where needed. Controls are made
 * visible, so that a record is always one line.
 */
export function* render(report: ScanReport): Pieces {
  yield record(COLUMNS.map(([heading]) => heading));
  for (const finding of report.findings) yield record(COLUMNS.map(([, cell]) => field(cell(finding))));
}

const record = (fields: readonly string[]): string => `${fields.join(',')}\r\n`;

/** What spreadsheets take for the start of a formula (OWASP "CSV injection"), full-width forms too. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

function field(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell);
  const text = visible(FORMULA.test(cell) ? `'${cell}` : cell);
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
