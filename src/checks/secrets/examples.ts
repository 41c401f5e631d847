import type { Span } from '#core/secret.ts';
import { PROOFS } from './proof/index.ts';
import type { Random } from './proof/proof.ts';
import { ALPHABETS, randomText, seededRandom } from './random.ts';

/** An example as it is scanned: placeholders filled in, marks taken out, and where the marked secrets stand. */
export interface ExpandedExample {
  readonly content: string;
  readonly spans: readonly Span[];
}

const PLACEHOLDER = /\{\{([A-Za-z0-9]+)(?: ([^{}\n]*))?\}\}/g;

/**
 * Fills in an example's placeholders and takes out its `«` `»` marks. `n` tells the examples of one rule apart (any
 * number or word): the text depends on nothing but rule id, `n` and content.
 *
 * Text in double braces that is no placeholder of ours (a template language) stays as it is, so that examples can show
 * it. A placeholder of ours with wrong arguments throws a `RangeError`: a mistake in a rule of ours.
 *
 * ```ts
 * expandExample('github-pat', 0, 'token = «{{upper 3}}»') // => { content: 'token = WVC', spans: [{ start: 8, end: 11 }] }
 * ```
 */
export function expandExample(ruleId: string, n: number | string, content: string): ExpandedExample {
  const random = seededRandom(`${ruleId}/${n}`);
  const filled = content.replace(PLACEHOLDER, (whole, name: string, args: string | undefined) =>
    fill(whole, name, args?.trim() ?? '', random),
  );
  return takeMarks(filled);
}

function fill(whole: string, name: string, args: string, random: Random): string {
  if (Object.hasOwn(ALPHABETS, name)) {
    return args === ''
      ? whole
      : randomText(random, ALPHABETS[name as keyof typeof ALPHABETS], lengthOf(args, whole, random));
  }
  const at = args.lastIndexOf(' ');
  const [first, last] = at === -1 ? [args, ''] : [args.slice(0, at), args.slice(at + 1)];
  if (name === 'from') return randomText(random, first, lengthOf(last, whole, random));
  if (name === 'repeat') return first.repeat(lengthOf(last, whole, random));
  if (name === 'uuid') return uuid(random);
  if (name === 'proof') return proofValue(whole, args, random);
  return whole;
}

function lengthOf(text: string, whole: string, random: Random): number {
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (range === null) throw new RangeError(`${whole}: expected a length such as 20 or 20-40`);
  const from = Number(range[1]);
  const to = Number(range[2] ?? range[1]);
  return from + random(to - from + 1);
}

function uuid(random: Random): string {
  const hex = (length: number): string => randomText(random, ALPHABETS.hex, length);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${randomText(random, '89ab', 1)}${hex(3)}-${hex(12)}`;
}

function proofValue(whole: string, args: string, random: Random): string {
  const space = args.indexOf(' ');
  const [name, arg] = space === -1 ? [args, undefined] : [args.slice(0, space), args.slice(space + 1)];
  const generate = PROOFS[name]?.generate;
  if (generate === undefined) throw new RangeError(`${whole}: no proof of that name has a generator`);
  return generate(random, arg);
}

function takeMarks(marked: string): ExpandedExample {
  const spans: Span[] = [];
  let content = '';
  let start: number | undefined;
  for (const part of marked.split(/([«»])/)) {
    if (part === '«') start = content.length;
    else if (part === '»') {
      if (start === undefined) throw new RangeError('» without « before it');
      spans.push({ start, end: content.length });
      start = undefined;
    } else content += part;
  }
  if (start !== undefined) throw new RangeError('« without » after it');
  return { content, spans };
}
