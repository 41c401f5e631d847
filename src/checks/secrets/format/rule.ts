import type { Problem } from '#core/problem.ts';
import { CONFIDENCES, SEVERITIES } from '#core/severity.ts';
import { atKeywords, planOf } from '../match/plan.ts';
import { crossingOf } from '../regex/crossing.ts';
import type { Required, Rule, RuleFacts } from '../rule.ts';
import { readAllowlist } from './allowlist.ts';
import type { TomlTable } from './document.ts';
import { allowlistTables, unknownKeys } from './keys.ts';
import { patternAt } from './pattern.ts';

const KEYS = [
  'id',
  'description',
  'regex',
  'path',
  'keywords',
  'entropy',
  'secretGroup',
  'tags',
  'allowlist',
  'allowlists',
  'required',
  'skipReport',
  'sluice',
];
const REQUIRED_KEYS = ['id', 'withinLines', 'withinColumns'];
/** Rule ids come from outside and become part of check ids, file names and URLs of reports. */
const ID = /^[\w.-]{1,100}$/;

/** Reads one `[[rules]]` table. */
export function readRule(table: TomlTable, problems: Problem[]): Rule {
  const id = readId(table);
  problems.push(...unknownKeys(table, KEYS, `rule ${id}`));
  const regex = patternAt(table, 'regex');
  const path = patternAt(table, 'path');
  const secretGroup = table.count('secretGroup');
  if (regex !== undefined && secretGroup > regex.groups) {
    throw table.error('secretGroup', `rule ${id}: group ${secretGroup} of a regex with ${regex.groups} groups`);
  }
  const sluice = table.table('sluice');
  const detector = sluice?.string('detector') === 'generic' ? 'generic' : undefined;
  const keywords = [...new Set(table.strings('keywords').map((keyword) => keyword.toLowerCase()))];
  return {
    id,
    title: table.string('description'),
    ...(regex === undefined ? {} : { regex: regex.source }),
    ...(path === undefined ? {} : { path: path.source }),
    keywords,
    entropy: table.number('entropy'),
    secretGroup,
    tags: table.strings('tags'),
    allowlists: allowlistTables(table, 'allowlist').map((list) => readAllowlist(list, problems, `rule ${id}`)),
    required: table.tables('required').map((required) => readRequired(required, id, problems)),
    skipReport: table.boolean('skipReport'),
    ...(detector === undefined ? {} : { detector }),
    plan: detector === undefined ? planOf(regex) : atKeywords(keywords),
    crosses: regex === undefined ? 0 : crossingOf(regex.tree),
    facts: readFacts(sluice, id),
  };
}

function readId(table: TomlTable): string {
  const id = table.string('id').trim();
  if (id === '') throw table.document.error([...table.path, 'id'], 'a rule without an id', 'Add id = "…".');
  if (!ID.test(id)) throw table.error('id', 'a rule id is letters, digits, "-", "_" and ".", 100 at most');
  return id;
}

function readRequired(table: TomlTable, rule: string, problems: Problem[]): Required {
  problems.push(...unknownKeys(table, REQUIRED_KEYS, `rule ${rule}, required`));
  const id = table.string('id');
  if (id === '') throw table.document.error(table.path, `rule ${rule}: a required rule without an id`);
  return {
    id,
    ...(table.has('withinLines') ? { withinLines: table.count('withinLines') } : {}),
    ...(table.has('withinColumns') ? { withinColumns: table.count('withinColumns') } : {}),
  };
}

const DEFAULT_REMEDY = 'Revoke or rotate the credential, then load it from a secret store instead of the source.';

function readFacts(sluice: TomlTable | undefined, id: string): RuleFacts {
  const generic = /generic/i.test(id) || sluice?.string('detector') === 'generic';
  const guessed: RuleFacts = {
    severity: 'high',
    confidence: generic ? 'low' : 'medium',
    cwe: [798],
    remedy: DEFAULT_REMEDY,
    generic,
  };
  if (sluice === undefined) return guessed;
  const cwe = sluice.has('cwe') ? sluice.counts('cwe') : guessed.cwe;
  const provider = sluice.string('provider');
  const proof = sluice.string('proof');
  return {
    ...(provider === '' ? {} : { provider }),
    severity: sluice.oneOf('severity', SEVERITIES, guessed.severity),
    confidence: sluice.oneOf('confidence', CONFIDENCES, guessed.confidence),
    ...(proof === '' ? {} : { proof }),
    cwe,
    remedy: firstSentence(sluice.string('fix')) || DEFAULT_REMEDY,
    generic: generic || sluice.boolean('generic'),
  };
}

/** Up to the first full stop that ends a sentence. */
function firstSentence(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return /^.*?[.!?](?= [A-Z]|$)/.exec(line)?.[0] ?? line;
}
