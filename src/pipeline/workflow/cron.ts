/** The five fields of a POSIX crontab line, each from where to where, with the names that stand for numbers. */
const FIELDS: readonly { readonly least: number; readonly most: number; readonly names: readonly string[] }[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] },
  { least: 0, most: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];

/** Whether a text is a cron expression of five fields. */
export function isCron(text: string): boolean {
  const fields = text.trim().split(/\s{1,100}/);
  return fields.length === FIELDS.length && FIELDS.every((_, index) => isField(fields[index] ?? '', index));
}

function isField(text: string, index: number): boolean {
  return text.split(',').every((part) => {
    const [range = '', step, ...rest] = part.split('/');
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false;
    if (range === '*') return true;
    const ends = range.split('-').map((end) => numberOf(end, index));
    return ends.length <= 2 && ends.every((end) => !Number.isNaN(end)) && (ends[0] ?? 0) <= (ends.at(-1) ?? 0);
  });
}

function numberOf(text: string, index: number): number {
  const { least, most, names } = FIELDS[index] as (typeof FIELDS)[number];
  const named = names.indexOf(text.toUpperCase());
  if (named !== -1) return named + least;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : Number.NaN;
}
