import type { InstalledPackage } from './packages.ts';

/** Licences under which we pass on other people's code: permissive ones only, by SPDX identifier. */
const ACCEPTED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/**
 * Whether an SPDX licence expression lets us pass the code on: of `A OR B` one accepted side is enough, of `A AND B` both
 * must be. Anything that is not such an expression (`SEE LICENSE IN …`, an exception, brackets that do not match) is not
 * accepted: a person has to look.
 */
export function isAccepted(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let accepted = both();
    while (tokens[at] === 'OR') {
      at += 1;
      accepted = both() || accepted;
    }
    return accepted;
  };
  const both = (): boolean => {
    let accepted = one();
    while (tokens[at] === 'AND') {
      at += 1;
      accepted = one() && accepted;
    }
    return accepted;
  };
  const one = (): boolean => {
    const token = tokens[at];
    at += 1;
    if (token !== '(') return token !== undefined && ACCEPTED.has(token);
    const accepted = either();
    const closed = tokens[at] === ')';
    at += 1;
    return accepted && closed;
  };
  return either() && at === tokens.length;
}

/** Why we may not, or will not, ship a package, as lines that name it; empty when nothing speaks against it. */
export function objectionsTo(installed: InstalledPackage, texts: number, hasInstallScript: boolean): string[] {
  const { name, version, licence } = installed;
  const found: string[] = [];
  if (licence === undefined) found.push('its package.json names no licence');
  else if (!isAccepted(licence)) found.push(`its licence is ${licence}`);
  // MIT is one text that everybody knows; of the others the copyright holder or a notice has to be passed on.
  if (texts === 0 && licence !== 'MIT') found.push('it comes without the text of its licence');
  if (hasInstallScript) found.push('it runs a script when it is installed');
  return found.map((why) => `${name} ${version}: ${why}`);
}
