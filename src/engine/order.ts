import type { Location } from '#core/finding.ts';
import { order } from '#core/order.ts';

/** By path, line and column. */
export const compareLocations = (a: Location, b: Location): number =>
  order(a.path, b.path) ||
  a.startLine - b.startLine ||
  a.startColumn - b.startColumn ||
  a.endLine - b.endLine ||
  a.endColumn - b.endColumn;

/**
 * What orders the places of a finding before their paths do: files come before commits, and commits by the author's date,
 * as a moment whatever its offset; a date that is none comes first.
 */
export function momentOf({ origin }: Location): string {
  switch (origin.kind) {
    case 'file':
      return '0';
    case 'commit':
      return `1 ${instant(origin.date)} ${origin.commit}`;
    case 'layer':
      return `2 ${origin.digest}`;
    case 'url':
      return `3 ${origin.url}`;
  }
}

function instant(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
