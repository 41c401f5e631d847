import { hash } from 'node:crypto';
import type { Artifact, LineRange } from '#core/artifact.ts';
import type { CheckSummary, Hit } from '#core/check.ts';
import type { Location } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { Span } from '#core/secret.ts';
import type { Text } from '#core/text.ts';
import { frameOf } from './frame.ts';
import { InlineSuppressions } from './inline.ts';
import type { MaskCollector, Masks } from './masks.ts';
import type { Draft } from './protocol.ts';

/** What inspectors said about one artifact. */
export interface Said {
  readonly hits: readonly (readonly [Hit, CheckSummary])[];
  readonly masks: MaskCollector;
}

const KEY_DIGITS = 32;
const MOST_RELATED = 10;
const NOWHERE = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

/**
 * Gives each hit its place, frame and the comments that would suppress it. Called when all inspectors are done with the
 * artifact, because only then is it known what its frames must not show.
 */
export function draftsOf(
  artifact: Artifact,
  { hits, masks }: Said,
  key: string,
): { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } {
  if (hits.length === 0) return { drafts: [], problems: [] };
  const { text } = artifact;
  const hidden = text === undefined ? undefined : masks.finish(text);
  const comments = text === undefined ? undefined : new InlineSuppressions(artifact.path, text, hidden);
  const drafts = hits.map(([hit, check]): Draft => {
    const location = locate(artifact, text, hit.span);
    const suppressions = comments?.of(check, location.startLine, lastLine(location)) ?? [];
    return {
      check: hit.check,
      key: keyOf(hit, key),
      stable: hit.anchor.stable,
      ...(hit.anchor.weak === true ? { weak: true } : {}),
      location: withFrame(location, text, hit.span, hidden),
      ...partsOf(hit),
      ...(hit.related === undefined ? {} : { related: relatedTo(hit.related, artifact, text) }),
      ...(suppressions.length === 0 ? {} : { suppressions }),
      ...(touches(artifact.added, location) ? {} : { old: true }),
    };
  });
  return { drafts, problems: comments?.problems ?? [] };
}

/** Field by field, so that nothing a hit may carry beside them can follow. */
function partsOf({ message, severity, confidence, secret }: Hit): Partial<Draft> {
  return {
    ...(message === undefined ? {} : { message }),
    ...(severity === undefined ? {} : { severity }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(secret === undefined ? {} : { secret: { masked: secret.masked, proofs: [...secret.proofs] } }),
  };
}

/** The secret key stands first and the digest is cut, so this is as good as an HMAC here, at a tenth of its cost. */
const keyOf = ({ check, anchor }: Hit, key: string): string =>
  hash('sha256', `${key}\n${check}\n${anchor.key}`, 'hex').slice(0, KEY_DIGITS);

function locate({ path, origin }: Artifact, text: Text | undefined, span: Span): Location {
  if (text === undefined) return { path, ...NOWHERE, origin };
  const start = text.positionAt(Math.max(0, span.start));
  const end = text.positionAt(Math.max(span.start, span.end));
  return { path, startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column, origin };
}

/** A span that ends with a line break ends on that line, not on the next. */
const lastLine = ({ startLine, endLine, endColumn }: Location): number =>
  endColumn === 1 && endLine > startLine ? endLine - 1 : endLine;

function withFrame(location: Location, text: Text | undefined, span: Span, masks: Masks | undefined): Location {
  if (text === undefined || masks === undefined || span.end <= span.start) return location;
  return { ...location, frame: frameOf(text, span, masks) };
}

const relatedTo = (spans: readonly Span[], artifact: Artifact, text: Text | undefined): Location[] =>
  spans.slice(0, MOST_RELATED).map((span) => locate(artifact, text, span));

const touches = (added: readonly LineRange[] | undefined, { startLine, endLine }: Location): boolean =>
  added === undefined || added.some(({ first, last }) => startLine <= last && endLine >= first);
