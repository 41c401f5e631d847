import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { FORMATS, type Format, formatNamed } from '#report/index.ts';

/** One report to make, and where it goes: a file, or standard output. */
export interface PlannedReport {
  readonly format: Format;
  readonly file: string | undefined;
}

export interface ReportOptions {
  readonly format?: readonly string[];
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
}

/**
 * Which reports a command line asks for: `--format text sarif=out.sarif`, `--json`, `--output FILE`. Without a word of
 * it, text on standard output; with `--quiet`, nothing goes there.
 *
 * @throws SluiceError `format-unknown`; `format-conflict` when two reports would go to one place.
 */
export function planReports(options: ReportOptions): readonly PlannedReport[] {
  const words = [...(options.format ?? []), ...(options.json === true ? ['json'] : [])];
  const asked = (words.length === 0 ? ['text'] : words).map((word) => parse(word, options.output));
  const planned = options.quiet === true ? asked.filter(({ file }) => file !== undefined) : asked;
  const places = planned.map(({ file }) => file ?? 'standard output');
  // Two spellings of one path are one place.
  const real = planned.map(({ file }) => (file === undefined ? '' : resolve(file)));
  const twice = places.find((_, index) => real.indexOf(real[index] ?? '') !== index);
  if (twice === undefined) return planned;
  const hint = 'Give each its own file: --format text sarif=sluice.sarif';
  throw new SluiceError('format-conflict', `two reports would go to ${twice}`, { hint });
}

function parse(word: string, output: string | undefined): PlannedReport {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  const format = formatNamed(name);
  if (format === undefined) {
    // `--format json src` reads `src` as a second format.
    const hint = existsSync(word)
      ? `To scan ${word}, name it before the options: sluice scan ${word} --format …`
      : `There are: ${FORMATS.map((known) => known.name).join(', ')}.`;
    throw new SluiceError('format-unknown', `there is no report format ${name}`, { hint });
  }
  if (equals === -1) return { format, file: output };
  const file = word.slice(equals + 1);
  if (file === '') throw new SluiceError('format-unknown', `--format ${word} names no file after "="`);
  return { format, file };
}
