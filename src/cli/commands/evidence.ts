import {
  auditOf,
  exportEntries,
  forgetLedger,
  importBundles,
  type LogFilter,
  type LoggedEntry,
  logOf,
} from '#app/evidence-log.ts';
import { repositoryOf } from '#app/repository.ts';
import { digestOf } from '#app/signing.ts';
import { EXIT, type Outcome } from '#core/verdict.ts';
import { print, writeReport } from '../output.ts';
import { askPassphrase } from '../passphrase.ts';

interface Options {
  readonly json?: boolean;
}

const repository = (): string => repositoryOf(process.cwd());
const about = (path: string | undefined): LogFilter => (path === undefined ? {} : { artifact: digestOf(path) });

export async function log(path: string | undefined, options: Options & { readonly type?: string }): Promise<number> {
  const type = options.type === undefined ? {} : { type: options.type };
  const entries = logOf(repository(), { ...about(path), ...type });
  if (options.json === true) await print(`${JSON.stringify({ version: 1, entries }, null, 2)}\n`);
  else await print(entries.length === 0 ? 'nothing\n' : entries.map(line).join(''));
  return 0;
}

function line({ index, at, type, subjects, signedBy, rejected }: LoggedEntry): string {
  const [first, ...others] = subjects;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const [digest = ''] = Object.values(first?.digest ?? {});
  const who = signedBy === undefined ? `does not count: ${rejected}` : signedBy;
  const when = at.slice(0, 19).replace('T', ' ');
  return `${String(index).padStart(5)}  ${when}  ${printable(type)}  ${printable(first?.name ?? '')} ${digest.slice(0, 12)}${more}  ${who}\n`;
}

/** What others wrote may hold what a terminal obeys. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 200);

export async function show(index: number, options: Options): Promise<number> {
  const { checkpoint, verifierKeys, entries } = exportEntries(repository(), { index });
  const [only] = entries;
  if (options.json === true || only === undefined) {
    await print(`${JSON.stringify({ version: 1, checkpoint, verifierKeys, entries }, null, 2)}\n`);
    return 0;
  }
  const { entry, statement, proof } = only;
  const [origin, size] = checkpoint.split('\n');
  const text = [
    `entry ${index}, ${entry.at}`,
    // JSON writes control characters as escapes.
    JSON.stringify(statement, null, 2),
    `in the ledger ${origin} of ${size} entries, proven by ${proof.length === 1 ? '1 hash' : `${proof.length} hashes`} to its signed root`,
  ];
  await print(`${text.join('\n')}\n`);
  return 0;
}

export async function verify(options: Options): Promise<number> {
  const { reading, faults, signers } = auditOf(repository());
  const outcomes = faults.map(({ outcome }) => outcome);
  const outcome: Outcome = outcomes.includes('refused')
    ? 'refused'
    : outcomes.includes('incomplete')
      ? 'incomplete'
      : 'pass';
  const size = reading?.checkpoint.size;
  if (options.json === true) {
    const origin = reading?.checkpoint.origin;
    const answer = { version: 1, outcome, origin, size, signers: Object.fromEntries(signers), faults };
    await print(`${JSON.stringify(answer, null, 2)}\n`);
    return EXIT[outcome];
  }
  const lines = [
    ...faults.map(({ entry, outcome: kind, message }) => {
      const where = entry === undefined ? '' : `entry ${entry}: `;
      return `${kind === 'warning' ? 'note' : kind}: ${where}${message}`;
    }),
    ...(size === undefined
      ? []
      : [`${size} ${size === 1 ? 'entry' : 'entries'}${size === 0 ? '' : `, signed by ${signersIn(signers)}`}`]),
    outcome,
  ];
  await print(`${lines.join('\n')}\n`);
  return EXIT[outcome];
}

const signersIn = (signers: ReadonlyMap<string, number>): string =>
  signers.size === 0 ? 'nobody you trust' : [...signers].map(([name, count]) => `${name} (${count})`).join(', ');

export async function forget(): Promise<number> {
  forgetLedger(repository());
  await print('forgotten\n');
  return 0;
}

export async function exportTo(path: string | undefined, options: { readonly output?: string }): Promise<number> {
  const exported = documentOf({ version: 1, ...exportEntries(repository(), about(path)) });
  if (options.output === undefined) await print(exported);
  else writeReport(options.output, exported);
  return 0;
}

function* documentOf(value: unknown): Generator<string, void> {
  yield `${JSON.stringify(value, null, 2)}\n`;
}

export async function importFrom(files: readonly string[], options: Options): Promise<number> {
  const receipt = await importBundles(repository(), files, askPassphrase());
  for (const { message } of receipt.problems) process.stderr.write(`sluice: ${message}\n`);
  if (options.json === true) await print(`${JSON.stringify({ version: 1, entry: receipt.index }, null, 2)}\n`);
  else await print(`in the ledger from entry ${receipt.index} on\n`);
  return 0;
}
