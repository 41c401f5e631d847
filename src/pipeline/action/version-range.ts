type Version = readonly number[];

/** The numbers of a version such as `v20.11.1` or `go1.22`; `undefined` for what is none. Pre-releases are none. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(?:v|go|=)?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[._+](\w{1,20}))?$/.exec(text.trim());
  return match === null ? undefined : match.slice(1, 4).map((part) => Number(part ?? '0'));
}

export function compareVersions(left: string, right: string): number {
  const [a, b] = [parseVersion(left) ?? [], parseVersion(right) ?? []];
  return compare(a, b);
}

function compare(a: Version, b: Version): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a version is in a range as the actions that set up tools take it: `20`, `3.x`, `^1.2`, `~1.22.1`, `>=18 <22`,
 * `18 || 20`, `1.2 - 2.0`. A range that cannot be read has nothing in it.
 */
export function inRange(version: string, range: string): boolean {
  const parsed = parseVersion(version);
  if (parsed === undefined) return false;
  return range.split('||').some((part) => inPart(parsed, part.trim().replace(/([<>=~^])\s+/g, '$1')));
}

function inPart(version: Version, part: string): boolean {
  const [, from, to] = /^(\S+) - (\S+)$/.exec(part) ?? [];
  if (from !== undefined && to !== undefined) return inOne(version, `>=${from}`) && inOne(version, `<=${to}`);
  return part.split(/\s+/).every((one) => inOne(version, one));
}

function inOne(version: Version, text: string): boolean {
  const [, operator = '', rest = ''] = /^([<>]=?|[~^=])?v?(.*)$/.exec(text) ?? [];
  if (/^[xX*]?$/.test(rest)) return operator === '' || operator.includes('=');
  const parts = rest.split('.');
  const open = parts.findIndex((part) => /^[xX*]$/.test(part));
  const numbers = (open < 0 ? parts : parts.slice(0, open)).map((part) =>
    /^\d{1,9}$/.test(part) ? Number(part) : Number.NaN,
  );
  if (numbers.length === 0 || numbers.length > 3 || numbers.some(Number.isNaN)) return false;
  const [low, high] = [numbers, bump(numbers, numbers.length - 1)];
  if (operator === '>') return compare(version, numbers.length === 3 ? low : high) >= (numbers.length === 3 ? 1 : 0);
  if (operator === '>=') return compare(version, low) >= 0;
  if (operator === '<') return compare(version, low) < 0;
  if (operator === '<=') return compare(version, numbers.length === 3 ? low : high) <= (numbers.length === 3 ? 0 : -1);
  if (operator === '~') return between(version, low, bump(numbers, Math.min(1, numbers.length - 1)));
  if (operator === '^') return between(version, low, bump(numbers, caret(numbers)));
  return numbers.length === 3 ? compare(version, low) === 0 : between(version, low, high);
}

const between = (version: Version, low: Version, high: Version): boolean =>
  compare(version, low) >= 0 && compare(version, high) < 0;

/** The first number that is not 0 may not change. */
function caret(numbers: Version): number {
  const at = numbers.findIndex((number) => number !== 0);
  return at < 0 ? numbers.length - 1 : at;
}

const bump = (numbers: Version, at: number): Version =>
  numbers.slice(0, at + 1).map((number, index) => (index === at ? number + 1 : number));
