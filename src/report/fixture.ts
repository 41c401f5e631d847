import type { CheckDocumentation, CheckId, CheckSummary } from '#core/check.ts';
import type { Finding, Location } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import { plain } from '#core/secret.ts';
import type { Pieces } from './options.ts';

/** Reports for the tests of every format. Nothing in them is or looks like a real credential. */

const FILE = { kind: 'file' } as const;
const COMMIT = {
  kind: 'commit',
  commit: '3f2a9c1d5e6b7a8c9d0e1f2a3b4c5d6e7f8a9b0c',
  author: 'Ada Lovelace',
  email: 'ada@example.com',
  date: '2024-02-03T10:20:30+01:00',
} as const;

export const location = (path: string, line: number, column: number, more: Partial<Location> = {}): Location => ({
  path,
  startLine: line,
  startColumn: column,
  endLine: line,
  endColumn: column + 40,
  origin: FILE,
  ...more,
});

const fingerprint = (digit: string): string => digit.repeat(32);
const frame = (firstLine: number, ...lines: string[]) => ({ firstLine, lines: lines.map(plain) });

const CHECKS: readonly CheckSummary[] = [
  check('secrets/aws-access-key', 'AWS access key', 'critical', [798], 'Deactivate the key in IAM, then use a role.'),
  check('secrets/private-key', 'Private key', 'high', [321, 798], 'Replace the key pair and keep the key in a vault.'),
  check('code/sql-injection', 'SQL built from input', 'high', [89], 'Pass the value as a query parameter.'),
  check('config/debug-enabled', 'Debug mode is on', 'medium', [489], 'Turn debug mode off in production.'),
  check('secrets/generic', 'Possible secret', 'low', [798], 'Read the value from the environment.'),
  check('config/outdated-image', 'Image without a digest', 'info', [], 'Pin the image by digest.'),
];

function check(
  id: CheckId,
  title: string,
  severity: CheckSummary['severity'],
  cwe: readonly number[],
  remedy: string,
): CheckSummary {
  const family = id.slice(0, id.indexOf('/'));
  return { id, title, severity, confidence: 'high', cwe, tags: [family], remedy, lifecycle: 'stable' };
}

const summaryOf = (id: CheckId): CheckSummary => {
  const summary = CHECKS.find((candidate) => candidate.id === id);
  if (summary === undefined) throw new Error(`no check ${id} in the fixture`);
  return summary;
};

/** A finding of one of the fixture's checks; `more` overrides anything. */
export function finding(id: CheckId, digit: string, at: Location, more: Partial<Finding> = {}): Finding {
  const { title, severity, confidence, cwe, tags, remedy } = summaryOf(id);
  const common = { check: id, title, message: plain(title), remedy, severity, confidence, cwe, tags };
  return { fingerprint: fingerprint(digit), ...common, location: at, places: [], isNew: true, ...more };
}

const AWS = finding(
  'secrets/aws-access-key',
  'a',
  location('src/config/production settings.ts', 14, 15, {
    endColumn: 35,
    frame: frame(
      12,
      'const client = new Client({',
      "  region: 'eu-west-1',",
      "  accessKey: '********', // rotate",
      '});',
    ),
  }),
  {
    message: plain('An AWS access key id stands in the source.'),
    secret: {
      masked: plain('********'),
      proofs: ['decodes to a 12-digit account number', 'prefix of a long-term key'],
      verification: 'active',
      inHead: true,
    },
    places: [1, 2, 3, 4, 5, 6].map((line) => location('deploy/værdier/本番.env', line, 9)),
  },
);

const KEY = finding(
  'secrets/private-key',
  'b',
  location('old/it\'s "quoted" & <odd>\nname.pem', 1, 1, {
    endLine: 4,
    endColumn: 30,
    origin: COMMIT,
    frame: frame(1, '-----BEGIN PRIVATE KEY-----', '********', '********', '-----END PRIVATE KEY-----'),
  }),
  { secret: { masked: plain('----********'), proofs: ['parses as an Ed25519 key'], inHead: false } },
);

const SQL = finding(
  'code/sql-injection',
  'c',
  location('src/orders.py', 41, 17, {
    endColumn: 65,
    frame: frame(
      40,
      'def find(name):',
      '\tcursor.execute("SELECT * FROM 注文 WHERE name = \'" + name + "\'")',
      '\treturn cursor',
    ),
  }),
  {
    confidence: 'medium',
    message: plain('The parameter `name` reaches the query text.'),
    trace: [
      { location: location('src/routes.py', 7, 5), message: plain('`name` comes from the request') },
      { location: location('src/orders.py', 41, 17), message: plain('and is joined into SQL here') },
    ],
    fix: {
      description: 'Pass `name` as a parameter.',
      edits: [
        { path: 'src/orders.py', startLine: 41, startColumn: 17, endLine: 41, endColumn: 65, text: '"…", (name,)' },
      ],
    },
  },
);

const DEBUG = finding(
  'config/debug-enabled',
  'd',
  location('config/app.yaml', 3, 1, {
    endColumn: 12,
    frame: frame(2, 'name: \u001b]0;owned\u0007shop', 'debug: true', 'note: \u202Eevil'),
  }),
);

const GENERIC = finding('secrets/generic', 'e', location('test/data.js', 9, 3), {
  confidence: 'low',
  secret: { masked: plain('********'), proofs: [] },
});
const IMAGE = finding('config/outdated-image', 'f', location('Dockerfile', 1, 6, { endColumn: 20 }), { isNew: false });

const SUPPRESSED: readonly Finding[] = [
  finding('secrets/generic', '1', location('docs/example.md', 5, 1), {
    suppression: {
      kind: 'inline',
      by: 'sluice: allow',
      reason: 'the documented example, revoked -- see | notes',
      until: '2027-01-31',
      path: 'docs/example.md',
      line: 4,
    },
  }),
  finding('secrets/generic', '2', location('=cmd|calc.csv', 1, 1), {
    isNew: false,
    suppression: { kind: 'baseline', by: 'sluice.baseline.json' },
  }),
  finding('secrets/generic', '3', location('lib/a.go', 2, 2), {
    suppression: { kind: 'ignore-file', by: '.gitleaksignore' },
  }),
];

const PROBLEMS: readonly Problem[] = [
  {
    code: 'file-unreadable',
    message: 'permission denied',
    path: 'private/keys.txt',
    hint: 'Run as a user who may read it.',
  },
  { code: 'budget-spent', message: 'the check spent its 2 s', path: 'dist/min.js', line: 1, check: 'secrets/generic' },
  { code: 'rule-unsupported', message: 'rules use a feature that is not supported: <pattern-where>' },
];

const TOOL = { name: 'sluice', version: '0.1.0' } as const;
const TIMES = { startedAt: '2026-11-24T10:00:00Z', endedAt: '2026-11-24T10:00:07Z' } as const;

/** Everything at once: all severities, suppressions of each kind, history, a fix, a trace, problems, hostile paths. */
export function fullReport(): ScanReport {
  return {
    tool: TOOL,
    target: { kind: 'folder', path: '.' },
    ...TIMES,
    findings: [AWS, KEY, SQL, DEBUG, GENERIC, IMAGE, ...SUPPRESSED],
    problems: PROBLEMS,
    checks: CHECKS,
    coverage: { artifacts: 1234, bytes: 45_678_901, binary: 12, excluded: 3456, commits: 78, checks: 231 },
    verdict: {
      outcome: 'refused',
      reasons: [
        {
          rule: 'new-high-severity',
          outcome: 'refused',
          message: '3 new findings of high severity or worse',
          findings: [AWS.fingerprint, KEY.fingerprint, SQL.fingerprint],
          problems: 0,
        },
        { rule: 'complete', outcome: 'incomplete', message: '3 problems', findings: [], problems: 3 },
        {
          rule: 'no-debug',
          outcome: 'warning',
          message: 'counts from 2027-01-01 on',
          findings: [DEBUG.fingerprint],
          problems: 0,
        },
      ],
    },
  };
}

export const emptyReport = (): ScanReport => ({
  ...fullReport(),
  findings: [],
  problems: [],
  checks: [],
  coverage: { artifacts: 50, bytes: 999, binary: 0, excluded: 0, checks: 231 },
  verdict: { outcome: 'pass', reasons: [] },
});

export const incompleteReport = (): ScanReport => ({
  ...emptyReport(),
  target: { kind: 'history', path: 'shop' },
  problems: PROBLEMS,
  verdict: {
    outcome: 'incomplete',
    reasons: [{ rule: 'complete', outcome: 'incomplete', message: '3 problems', findings: [], problems: 3 }],
  },
});

const DOCUMENTATION: CheckDocumentation = {
  id: 'secrets/aws-access-key',
  looksFor: 'Access key ids of AWS, long-term and temporary.',
  why: 'Whoever holds the key acts as its owner. Bots find keys in\npublic repositories within minutes.',
  fix: '1. Deactivate the key.\n2. Use a role with `sts:AssumeRole`.',
  limits: 'A key split over two strings is not seen.',
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'],
  bad: [],
  good: [],
};

/** Documentation of one of the fixture's checks; the others have none, which every format must stand. */
export const documentation = (id: CheckId): CheckDocumentation | undefined =>
  id === DOCUMENTATION.id ? DOCUMENTATION : undefined;

/** What renders a report in pieces, as a function that gives the whole of it. */
export const whole =
  <Given extends readonly unknown[]>(render: (...given: Given) => Pieces) =>
  (...given: Given): string =>
    [...render(...given)].join('');
