import type { Location } from '#core/finding.ts';
import { originText } from './wording.ts';

/** A path relative to the root of the scan, as a URI reference (RFC 3986): each segment percent-encoded. */
export const artifactLocation = (path: string) => ({
  uri: path.split('/').map(encodeSegment).join('/'),
  uriBaseId: '%SRCROOT%',
});

/** An unpaired surrogate has no UTF-8 form; it becomes U+FFFD. `'` is legal but breaks readers that quote with it. */
const encodeSegment = (segment: string): string => encodeURIComponent(segment.toWellFormed()).replaceAll("'", '%27');

function physicalLocation({ path, startLine, startColumn, endLine, endColumn, frame }: Location) {
  return {
    artifactLocation: artifactLocation(path),
    region: { startLine, startColumn, endLine, endColumn },
    ...(frame === undefined || frame.lines.length === 0
      ? {}
      : {
          contextRegion: {
            startLine: frame.firstLine,
            endLine: frame.firstLine + frame.lines.length - 1,
            snippet: { text: frame.lines.join('\n') },
          },
        }),
  };
}

/** A location with the layer, URL or commit it comes from as its message. */
export function placeOf(location: Location, message?: string) {
  const text = [message, originText(location.origin)].filter(Boolean).join(', ');
  return {
    physicalLocation: physicalLocation(location),
    ...(text === '' ? {} : { message: { text: messageText(text) } }),
  };
}

/** In a plain-text message SARIF reads `[text](target)` as a link (3.11.6), which scanned text must not become. */
export const messageText = (text: string): string => text.replaceAll('](', '] (');
