import { hash } from 'node:crypto';

const VERSION = 'sluice/finding/v1';
const DIGITS = 32;

/**
 * The identity of a root cause: nothing of where it is, so it survives moved lines, renamed files and reformatting. It
 * stands in baselines and other systems for years: never change it without a new version.
 *
 * `ordinal` tells apart distinct causes of one check that share a stable anchor; the first, 1, leaves no trace.
 */
export function fingerprintOf(check: string, stable: string, ordinal = 1): string {
  const parts = ordinal === 1 ? [VERSION, check, stable] : [VERSION, check, stable, String(ordinal)];
  // Lengths make the parts unambiguous whatever characters an anchor holds.
  const message = parts.map((part) => `${part.length}:${part}`).join('');
  return hash('sha256', message, 'hex').slice(0, DIGITS);
}
