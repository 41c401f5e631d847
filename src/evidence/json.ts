import { Refusal } from '#core/refusal.ts';
import type { Json, JsonObject } from '#core/statement.ts';

/** An SBOM of a large application has some ten megabytes. */
export const MOST_BYTES = 64 * 1024 * 1024;
const MOST_DEPTH = 64;

/**
 * Canonical JSON (RFC 8785): keys by code unit, no white space, numbers and strings as ECMAScript writes them. The same
 * value is the same bytes on every machine, so that it can be hashed and signed. Keys whose value is `undefined` are left out.
 *
 * ```ts
 * canonicalJson({ b: 1, a: [true, 'é'] }) // => '{"a":[true,"é"],"b":1}'
 * ```
 *
 * @throws TypeError for a number that is not finite and for text that is not well-formed Unicode: JSON has neither.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no number that is not finite');
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member !== undefined) members.push(`${quoted(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('JSON has no text that is not well-formed Unicode');
  return JSON.stringify(text);
}

/**
 * Reads JSON that somebody else wrote, within bounds: size and depth are looked at before anything is built.
 *
 * @throws Refusal `json-invalid`; `what` names the document in its message.
 */
export function parseJson(bytes: Uint8Array, what: string): Json {
  if (bytes.length > MOST_BYTES) throw new Refusal('json-invalid', `${what} is larger than ${MOST_BYTES} bytes`);
  if (depthOf(bytes) > MOST_DEPTH) {
    throw new Refusal('json-invalid', `${what} is nested more than ${MOST_DEPTH} levels deep`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    // The parser's message quotes the document.
    throw new Refusal('json-invalid', `${what} is not JSON`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep brackets nest, outside of texts. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
