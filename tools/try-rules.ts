import { readdirSync, readFileSync } from 'node:fs';
import { expandExample } from '#checks/secrets/examples.ts';
import { readConfiguration } from '#checks/secrets/format/config.ts';
import type { TomlTable } from '#checks/secrets/format/document.ts';
import { detectPlainly } from '#checks/secrets/match/reference.ts';
import { plainSurface } from '#checks/secrets/match/surface.ts';
import { PROOFS } from '#checks/secrets/proof/index.ts';
import type { Rule } from '#checks/secrets/rule.ts';
import { SluiceError } from '#core/error.ts';
import { maskText, type Span } from '#core/secret.ts';

/*
 * Runs the examples of shipped secret rules: `node tools/try-rules.ts [rule-id…]`, all rules without an id. Prints what
 * a rule finds and should not, and what it misses; exit code 1 when there is anything.
 */

const FOLDER = 'src/checks/secrets/rules';

interface Complaint {
  readonly example: string;
  readonly text: string;
}

function tryRule(rule: Rule, sluice: TomlTable): Complaint[] {
  const bad = sluice.strings('bad').flatMap((content, n) => tryExample(rule, `bad ${n}`, `bad-${n}`, content, true));
  const good = sluice
    .strings('good')
    .flatMap((content, n) => tryExample(rule, `good ${n}`, `good-${n}`, content, false));
  return [...complaintsAbout(rule, sluice), ...bad, ...good];
}

function complaintsAbout(rule: Rule, sluice: TomlTable): Complaint[] {
  const complaints: Complaint[] = [];
  const missing = ['provider', 'severity', 'confidence', 'why', 'fix', 'limits'].filter((key) => !sluice.has(key));
  if (missing.length > 0) complaints.push({ example: 'sluice', text: `no ${missing.join(', ')}` });
  for (const key of ['bad', 'good']) {
    if (sluice.strings(key).length < 2) complaints.push({ example: key, text: 'fewer than 2 examples' });
  }
  const { proof } = rule.facts;
  if (proof !== undefined && PROOFS[proof] === undefined)
    complaints.push({ example: 'proof', text: `there is no ${proof}` });
  return complaints;
}

function tryExample(rule: Rule, example: string, seed: string, raw: string, bad: boolean): Complaint[] {
  const { content, spans } = expandExample(rule.id, seed, raw);
  if (bad === (spans.length === 0)) return [{ example, text: bad ? 'nothing is marked' : 'something is marked' }];
  const set = { rules: [rule], allowlists: [] };
  const found = detectPlainly([set], plainSurface(content)).map((detection) => detection.secret);
  const mask = [...spans, ...found];
  const show = (label: string, { start, end }: Span): Complaint => ({
    example,
    text: `${label} ${start}–${end}: ${around(maskText(content, mask))}`,
  });
  return [
    ...spans.filter((span) => !found.some((other) => same(span, other))).map((span) => show('missed', span)),
    ...found.filter((span) => !spans.some((other) => same(span, other))).map((span) => show('found', span)),
    ...proofComplaints(rule, example, content, spans),
  ];
}

/** A bad example of a rule with a proof should not be refuted by it. */
function proofComplaints(rule: Rule, example: string, content: string, spans: readonly Span[]): Complaint[] {
  const prove = rule.facts.proof === undefined ? undefined : PROOFS[rule.facts.proof]?.prove;
  if (prove === undefined) return [];
  return spans
    .map((span) => prove(content.slice(span.start, span.end), content.slice(span.start, span.end)))
    .filter((proof) => proof.outcome === 'refuted')
    .map((proof) => ({ example, text: `refuted: ${proof.statement}` }));
}

const same = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;
const around = (masked: string): string => JSON.stringify(masked.length > 240 ? `${masked.slice(0, 240)}…` : masked);

const wanted = new Set(process.argv.slice(2));
let rules = 0;
let wrong = 0;
const seen = new Set<string>();

for (const name of readdirSync(FOLDER).toSorted()) {
  if (!name.endsWith('.toml')) continue;
  const id = name.slice(0, -'.toml'.length);
  if (wanted.size > 0 && !wanted.has(id)) continue;
  for (const complaint of complaintsOf(name, id)) {
    wrong += 1;
    console.error(`${id} ${complaint.example}: ${complaint.text}`);
  }
}

function complaintsOf(name: string, id: string): Complaint[] {
  rules += 1;
  try {
    const file = `${FOLDER}/${name}`;
    const { rules: read, document, problems } = readConfiguration({ file, text: readFileSync(file, 'utf8') });
    const complaints = problems.map(({ message, hint }) => ({ example: 'file', text: `${message} ${hint ?? ''}` }));
    const [rule] = read;
    const sluice = document.root.tables('rules')[0]?.table('sluice');
    if (rule === undefined || sluice === undefined)
      return [{ example: 'file', text: 'no [[rules]] with [rules.sluice]' }];
    if (rule.id !== id || seen.has(rule.id)) complaints.push({ example: 'id', text: 'is not the name of the file' });
    seen.add(rule.id);
    return [...complaints, ...tryRule(rule, sluice)];
  } catch (error) {
    if (error instanceof SluiceError) {
      const at = error.at === undefined ? '' : `${error.at.line}:${error.at.column} `;
      return [{ example: 'file', text: `${at}${error.message} ${error.hint ?? ''}` }];
    }
    if (error instanceof RangeError) return [{ example: 'file', text: error.message }];
    throw error;
  }
}

console.log(`${rules} rules tried, ${wrong} complaints`);
process.exitCode = wrong > 0 ? 1 : 0;
