import type { CheckSummary } from '#core/check.ts';

/** A comment that asks to leave findings alone, as it was written. Nothing in it is fit to be shown yet. */
export interface Directive {
  /** How reports name it: `sluice: allow`, `nosemgrep`. */
  readonly by: string;
  readonly reason: string | undefined;
  /** ISO date; `undefined` where there is none. */
  readonly until: string | undefined;
  /** Set where it cannot be obeyed as it is written: what is wrong, in words that quote nothing. */
  readonly malformed?: string;
  /** Where it may stand: on a line of the finding, or alone on the line before, or (in a block) on the one after, too. */
  readonly reach: 'line' | 'before' | 'around';
  /** Whether it means findings of this check. */
  covers(check: CheckSummary): boolean;
}

const SECRETS = 'secrets';
const CODE = 'code';

const familyOf = (check: CheckSummary): string => check.id.slice(0, check.id.indexOf('/'));

/** What opens a comment in one of the languages people write. Preprocessor lines and pointers in C only look like it. */
const OPENER =
  /\/\/|\/\*|#(?!(?:define|include|if|ifdef|ifndef|elif|else|endif|undef|pragma|import)\b)|--|<!--|;|%|\{-|\(\*|^[ \t]*\*(?=[ \t/]|$)|\b(?:rem|dnl)\b/i;
const CLOSER = /\s*(?:\*\/|-->|--%>|-\}|#\}|\*\)|\?>|"""|''')\s*$/;

/** What may be said after any directive: `-- reason until 2027-01-31`. */
interface Tail {
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly malformed?: string;
}

/** Reading a reason stops here; nobody writes a longer one, and lines can be megabytes long. */
const LONGEST_TAIL = 500;

const OURS = /\bsluice:[ \t]*allow\b/i;
const TOOLS: readonly Tool[] = [
  { by: 'gitleaks:allow', mark: /gitleaks:allow/, parse: ofSecrets },
  { by: 'trufflehog:ignore', mark: /trufflehog:ignore/, parse: ofSecrets },
  { by: 'nosemgrep', mark: /\bnosem(?:grep)?\b/i, parse: ofSemgrep },
  { by: '#nosec', mark: /#[ \t]*nosec\b/i, parse: ofNosec },
  { by: 'checkov:skip', mark: /checkov:skip=/, parse: ofCheckov },
];

interface Tool {
  readonly by: string;
  readonly mark: RegExp;
  parse(by: string, rest: string): Directive | undefined;
}

/** All directives on a line. Linear in the length of the line. */
export function directivesOn(line: string): Directive[] {
  const found: Directive[] = [];
  const ours = OURS.exec(line);
  if (ours !== null && OPENER.test(line.slice(0, ours.index))) found.push(parseOurs(after(line, ours)));
  for (const tool of TOOLS) {
    const match = tool.mark.exec(line);
    const directive = match === null ? undefined : tool.parse(tool.by, after(line, match));
    if (directive !== undefined) found.push(directive);
  }
  return found;
}

/** Whether the line holds a comment and nothing else, so that a directive on it is about the line below. */
export function isCommentOnly(line: string): boolean {
  const opener = OPENER.exec(line);
  return opener !== null && /^[\s{<]*$/.test(line.slice(0, opener.index));
}

const after = (line: string, match: RegExpExecArray): string =>
  line.slice(match.index + match[0].length, match.index + match[0].length + LONGEST_TAIL).replace(CLOSER, '');

/** ` CHECK[, CHECK] [-- reason] [until DATE]` */
function parseOurs(rest: string): Directive {
  const by = 'sluice: allow';
  const split = rest.search(/(?:^|\s)(?:--|—|until\b)/);
  const tail = parseTail(split === -1 ? '' : rest.slice(split));
  const ids = (split === -1 ? rest : rest.slice(0, split)).split(',').map((id) => id.trim());
  const wrong = ids.find((id) => !/^[a-z0-9-]+\/(?:[\w.-]+|\*)$/.test(id));
  const malformed =
    wrong === undefined
      ? tail.malformed
      : 'it must name checks, as in `sluice: allow secrets/private-key -- reason until 2027-01-31`';
  const covers = (check: CheckSummary): boolean => ids.includes(check.id) || ids.includes(`${familyOf(check)}/*`);
  // One that names nothing we can read is about every finding near it: that is how its author learns of the mistake.
  const near = wrong === undefined ? covers : (): boolean => true;
  return { by, ...tail, ...(malformed === undefined ? {} : { malformed }), reach: 'before', covers: near };
}

function ofSecrets(by: string, rest: string): Directive {
  return { by, ...foreignTail(rest), reach: 'line', covers: (check) => familyOf(check) === SECRETS };
}

/** Bare: all checks of code. With rule ids (`nosemgrep: a.b.rule-id, other`): the checks of that name or with that tag. */
function ofSemgrep(by: string, rest: string): Directive {
  const ids = (/^[ \t]*[:=][ \t]*([\w.-]+(?:[ \t]*,[ \t]*[\w.-]+)*)/.exec(rest)?.[1] ?? '').split(',').map(lastPart);
  const named = ids.filter((id) => id !== '');
  return {
    by,
    ...foreignTail(rest),
    reach: 'before',
    covers: (check) =>
      named.length === 0
        ? familyOf(check) === CODE
        : named.some((id) => isTagged(check, id) || check.id.endsWith(`/${id}`)),
  };
}

const lastPart = (id: string): string => id.slice(id.lastIndexOf('.') + 1).trim();

/** The rules of gosec and bandit that are about credentials in code. */
const CREDENTIAL_RULES: ReadonlySet<string> = new Set(['G101', 'B105', 'B106', 'B107']);

/** Bare: all checks of code. With ids (`#nosec G101 B105`): the checks with that tag; secrets only by a credential rule. */
function ofNosec(by: string, rest: string): Directive {
  const ids = /^[:\s]*((?:[A-Z]\d{3}[,\s]*)*)/.exec(rest)?.[1]?.match(/[A-Z]\d{3}/g) ?? [];
  return {
    by,
    ...foreignTail(rest.replace(/^[:\s]*(?:[A-Z]\d{3}[,\s]*)*/, ' ')),
    reach: 'before',
    covers: (check) =>
      ids.length === 0
        ? familyOf(check) === CODE
        : ids.some((id) => isTagged(check, id) || (familyOf(check) === SECRETS && CREDENTIAL_RULES.has(id))),
  };
}

/** `checkov:skip=ID[,ID]:reason`: the checks with that tag; the `CKV_SECRET` rules mean all secrets. */
function ofCheckov(by: string, rest: string): Directive | undefined {
  const match = /^\s*([A-Z0-9_]+(?:,[A-Z0-9_]+)*)(?::(.*))?/.exec(rest);
  if (match === null) return undefined;
  const ids = (match[1] ?? '').split(',');
  const tail = parseTail(match[2] === undefined ? '' : ` -- ${match[2]}`);
  return {
    by,
    ...tail,
    reach: 'around',
    covers: (check) =>
      ids.some((id) => isTagged(check, id) || (familyOf(check) === SECRETS && id.startsWith('CKV_SECRET_'))),
  };
}

const isTagged = (check: CheckSummary, id: string): boolean =>
  check.tags.some((tag) => tag.toLowerCase() === id.toLowerCase());

/** Other tools know no `--`; where somebody wrote it, it is a reason all the same. */
function foreignTail(rest: string): Tail {
  const split = rest.search(/\s(?:--|—)\s/);
  return split === -1 ? { reason: undefined, until: undefined } : parseTail(rest.slice(split));
}

function parseTail(text: string): Tail {
  const until = /(?:^|\s)until\s+(\d\S*)\s*$/.exec(text);
  const words = (until === null ? text : text.slice(0, until.index)).replace(/^\s*(?:--|—)/, '').trim();
  const reason = words === '' ? undefined : words;
  if (until === null) return { reason, until: undefined };
  const date = until[1] as string;
  if (isDate(date)) return { reason, until: date };
  return { reason, until: undefined, malformed: 'the date after `until` must be a day such as 2027-01-31' };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
