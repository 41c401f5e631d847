import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disk } from '#adapters/disk.ts';
import type { EvidenceFacts } from '#core/evidence.ts';
import type { Signer } from '#core/signer.ts';
import type { Statement } from '#core/statement.ts';
import type { Outcome } from '#core/verdict.ts';
import { collectEvidence } from './collect.ts';
import { NOW, newSigner, subjectOf, temporaryFolder } from './fixture.ts';
import { trustKey } from './keys/trust.ts';
import { auditLedger } from './ledger/audit.ts';
import { openLedger } from './ledger/ledger.ts';
import { ledgerMemory } from './ledger/memory.ts';
import { signStatement } from './sign.ts';
import { createStatement } from './statement.ts';
import { deploymentStatement } from './statements/deployment.ts';
import { releaseStatement, sbomStatement } from './statements/documents.ts';
import { approvalStatement, reviewStatement } from './statements/people.ts';
import { PREDICATE } from './statements/predicate-types.ts';
import { provenanceStatement } from './statements/provenance.ts';
import { scanStatement } from './statements/scan.ts';
import { testStatement } from './statements/tests.ts';

const APP = [subjectOf('app')];
const hours = (count: number): Date => new Date(NOW.getTime() + count * 3_600_000);

const provenance = provenanceStatement(APP, {
  buildDefinition: {
    buildType: 'urn:example:build',
    externalParameters: { workflow: 'ci.yml', event: 'pull_request' },
    internalParameters: { trusted: false, conclusion: 'success', sandbox: { isolated: true }, sourceChanged: 'odd' },
    resolvedDependencies: [{ uri: 'git+https://git.example/shop', digest: { gitCommit: 'a'.repeat(40) } }],
  },
  runDetails: { builder: { id: 'urn:example:builder' }, metadata: { finishedOn: hours(-1).toISOString() } },
});
const tested = (result: 'PASSED' | 'FAILED', name: string): Statement =>
  testStatement(APP, {
    result,
    configuration: [{ name, uri: `file:${name}` }],
    failedTests: result === 'FAILED' ? ['a'] : [],
  });
const scanned = (outcome: Outcome, id: string, finishedOn: Date): Statement =>
  scanStatement(APP, {
    scanner: { id, version: { sluice: '1.0.0' } },
    finishedOn,
    resource: 'git+https://git.example/shop',
    policy: { uri: 'file:sluice.yaml' },
    families: ['secrets'],
    findings: { high: outcome === 'refused' ? 1 : 0, low: 2 },
    problems: outcome === 'incomplete' ? 1 : 0,
    verdict: { outcome, reasons: [] },
  });
const approved = (environment: string, over: object = {}): Statement =>
  approvalStatement(APP, { environment, approvedOn: NOW.toISOString(), ...over });

interface Ground {
  readonly folder: string;
  readonly add: (statement: Statement, by?: Signer, at?: Date) => Promise<void>;
  readonly ask: (over?: Partial<Parameters<typeof collectEvidence>[1]>) => EvidenceFacts;
  readonly audit: () => ReturnType<typeof auditLedger>;
  readonly people: Readonly<Record<'ci' | 'ana' | 'ben' | 'eve', Signer>>;
}

/** A ledger, and people of whom only Eve is not trusted. */
async function ground(): Promise<Ground> {
  const [folder, home] = [join(temporaryFolder(), 'ledger'), temporaryFolder()];
  const signer = await newSigner('ed25519');
  const people = {
    ci: await newSigner(),
    ana: await newSigner('ed25519'),
    ben: await newSigner(),
    eve: await newSigner(),
  };
  const keys = (['ci', 'ana', 'ben'] as const).map((name) =>
    trustKey(createPublicKey(people[name].publicKey), name, 'evidence', hours(-100)),
  );
  const trust = { keys, identities: [] };
  const common = { keys: [signer.publicKey], memory: ledgerMemory(home, disk) };
  const add = async (statement: Statement, by = people.ci, at = NOW): Promise<void> => {
    const ledger = await openLedger(folder, { ...common, signer, clock: { now: () => at }, disk });
    await ledger.append([await signStatement(statement, by)]);
  };
  const ask: Ground['ask'] = (over) =>
    collectEvidence(folder, { ...common, trust, now: hours(1), artifact: subjectOf('app').digest, ...over });
  return { folder, add, ask, people, audit: () => auditLedger(folder, { ...common, trust, now: hours(1) }) };
}

describe('what is proven', () => {
  test('is said in the words of policies', async () => {
    const { add, ask, people } = await ground();
    await add(provenance);
    await add(tested('PASSED', 'unit'));
    await add(scanned('pass', 'urn:example:scanner', hours(-2)));
    await add(sbomStatement(APP, { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}, {}] }));
    await add(releaseStatement(APP, { purl: 'pkg:generic/app@1' }));
    await add(approved('production'), people.ana);
    await add(approved('staging'), people.ben);
    await add(reviewStatement(APP, { result: 'approved', reviewedOn: NOW.toISOString() }), people.ben);
    const [startedOn, finishedOn] = [hours(-1).toISOString(), NOW.toISOString()];
    await add(deploymentStatement(APP, { environment: 'staging', action: 'deployed', startedOn, finishedOn }));
    const facts = ask();
    expect(facts).toEqual({
      provenance: {
        present: true,
        builder: 'urn:example:builder',
        buildType: 'urn:example:build',
        invocation: '',
        source: 'git+https://git.example/shop',
        revision: 'a'.repeat(40),
        event: 'pull_request',
        conclusion: 'success',
        untrusted: true,
        unsandboxed: false,
        sourceChanged: false,
        signedBy: 'ci',
        at: hours(-1),
      },
      tests: { present: true, passed: true, failed: 0, signedBy: 'ci', at: NOW },
      scan: { present: true, verdict: 'pass', problems: 0, findings: 2, signedBy: 'ci', at: hours(-2) },
      sbom: { present: true, format: 'cyclonedx', components: 2, signedBy: 'ci' },
      release: { present: true, purl: 'pkg:generic/app@1', signedBy: 'ci' },
      approvals: [
        { by: 'ana', environment: 'production', at: NOW },
        { by: 'ben', environment: 'staging', at: NOW },
      ],
      reviews: [{ by: 'ben', result: 'approved', at: NOW }],
      deployments: [{ by: 'ci', environment: 'staging', action: 'deployed', at: NOW }],
      signedBy: ['ana', 'ben', 'ci'],
      rejected: [],
    });
    expect(ask({ environment: 'production' }).approvals.map(({ by }) => by)).toEqual(['ana']);
  });

  test('is nothing for another artifact', async () => {
    const { add, ask } = await ground();
    await add(provenance);
    expect(ask({ artifact: subjectOf('other').digest })).toMatchObject({ signedBy: [], rejected: [] });
  });

  test('a statement of a stranger is as absent, and said to be', async () => {
    const { add, ask, people } = await ground();
    await add(provenance, people.eve);
    const facts = ask();
    expect(facts.provenance.present).toBe(false);
    expect(facts.rejected).toMatchObject([{ entry: 0, type: PREDICATE.provenance, code: 'key-unknown' }]);
  });

  test('what is proven about the source is proven about what was built from it, and no more', async () => {
    const { add, ask, people } = await ground();
    const source = [{ name: 'shop', digest: { gitCommit: 'a'.repeat(40) } }];
    const on = (statement: Statement, subject: Statement['subject']): Statement => ({ ...statement, subject });
    await add(on(scanned('pass', 'urn:example:scanner', hours(-2)), source));
    await add(on(tested('PASSED', 'unit'), source));
    await add(on(approved('production'), source), people.ana);
    await add(on(sbomStatement(APP, { bomFormat: 'CycloneDX', specVersion: '1.6' }), source));
    expect(ask()).toMatchObject({ scan: { present: false }, tests: { present: false } });
    await add(provenance);
    const facts = ask();
    expect(facts).toMatchObject({ scan: { verdict: 'pass' }, tests: { passed: true } });
    expect(facts).toMatchObject({ approvals: [], sbom: { present: false } });
    await add(
      on(scanned('refused', 'urn:example:scanner', hours(-1)), [
        { name: 'shop', digest: { gitCommit: 'b'.repeat(40) } },
      ]),
    );
    expect(ask().scan.verdict).toBe('pass');
    await add(on(scanned('refused', 'urn:example:scanner', hours(-1)), source), people.eve);
    expect(ask().scan.verdict).toBe('pass');
    await add(on(scanned('refused', 'urn:example:scanner', hours(-1)), source));
    expect(ask().scan.verdict).toBe('refused');
  });

  test('nobody approves twice, and an approval expires', async () => {
    const { add, ask, people } = await ground();
    await add(approved('production'), people.ana);
    await add(approved('production', { comment: 'again' }), people.ana);
    expect(ask().approvals).toHaveLength(1);
    await add(approved('production', { expiresOn: hours(0.5).toISOString() }), people.ana);
    expect(ask({ now: hours(0.25) }).approvals).toHaveLength(1);
    expect(ask().approvals).toHaveLength(0);
  });

  test('a later result of the same tests counts, and one failure among several is a failure', async () => {
    const { add, ask } = await ground();
    await add(tested('FAILED', 'unit'));
    expect(ask().tests).toMatchObject({ passed: false, failed: 1 });
    await add(tested('PASSED', 'unit'));
    expect(ask().tests).toMatchObject({ passed: true, failed: 0 });
    await add(tested('FAILED', 'browser'));
    expect(ask().tests).toMatchObject({ passed: false, failed: 1 });
  });

  test('the worst of the scanners decides, and the oldest says how old it is', async () => {
    const { add, ask } = await ground();
    await add(scanned('pass', 'urn:one', hours(-3)));
    await add(scanned('incomplete', 'urn:two', hours(-1)));
    expect(ask().scan).toMatchObject({ verdict: 'incomplete', problems: 1, at: hours(-3) });
    await add(scanned('refused', 'urn:one', hours(-0.5)));
    expect(ask().scan).toMatchObject({ verdict: 'refused', at: hours(-1) });
  });

  test('no scan makes itself younger than the ledger that took it', async () => {
    const { add, ask } = await ground();
    await add(scanned('pass', 'urn:one', hours(50)));
    expect(ask().scan.at).toEqual(NOW);
  });

  test('what is from the future does not count', async () => {
    const { add, ask } = await ground();
    await add(provenance, undefined, hours(5));
    expect(ask()).toMatchObject({ provenance: { present: false }, rejected: [{ code: 'from-the-future' }] });
  });

  test('a predicate that is not what its type says does not count', async () => {
    const { add, ask } = await ground();
    await add(createStatement(APP, PREDICATE.tests, { result: 'passed' }));
    expect(ask()).toMatchObject({ tests: { present: false }, signedBy: [], rejected: [{ code: 'predicate-invalid' }] });
  });
});

describe('a ledger that was altered proves nothing', () => {
  test.each<[string, string, (lines: string[]) => string[]]>([
    ['edited', 'ledger-altered', ([a = '', ...rest]) => [a.replace('"at":"2026', '"at":"2025'), ...rest]],
    ['cut', 'ledger-truncated', (lines) => lines.slice(1)],
    ['reordered', 'ledger-altered', (lines) => lines.toReversed()],
  ])('%s', async (_, code, change) => {
    const { add, ask, audit, folder } = await ground();
    await add(provenance);
    await add(tested('PASSED', 'unit'));
    const file = join(folder, 'entries.jsonl');
    writeFileSync(file, `${change(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n')}\n`);
    expect(ask()).toMatchObject({ provenance: { present: false }, signedBy: [], rejected: [{ entry: -1, code }] });
    expect(audit().faults.map((fault) => fault.code)).toContain(code);
  });
});

describe('an audit', () => {
  test('has nothing against a ledger that is right, and counts who signed', async () => {
    const { add, audit, people } = await ground();
    await add(provenance);
    await add(approved('production'), people.ana);
    expect(audit()).toMatchObject({ faults: [], reading: { checkpoint: { size: 2 } } });
    expect([...audit().signers]).toEqual([
      ['ci', 1],
      ['ana', 1],
    ]);
  });

  test('tells a stranger from a forger, and a clock that jumps', async () => {
    const { add, audit, people } = await ground();
    await add(provenance, people.eve);
    await add(tested('PASSED', 'unit'), { ...people.eve, keyId: people.ci.keyId }, hours(2));
    await add(tested('PASSED', 'more'), people.ci, hours(-1));
    expect(audit().faults).toMatchObject([
      { entry: 0, code: 'key-unknown', outcome: 'incomplete' },
      { entry: 1, code: 'from-the-future', outcome: 'warning' },
      { entry: 1, code: 'signature-wrong', outcome: 'refused' },
      { entry: 2, code: 'clock-went-back', outcome: 'warning' },
    ]);
  });

  test('says from which entry on a ledger is not what was signed', async () => {
    const { add, audit, folder } = await ground();
    for (const name of ['a', 'b', 'c', 'd']) await add(tested('PASSED', name));
    const file = join(folder, 'entries.jsonl');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    lines[2] = (lines[2] ?? '').replace('"at":"2026', '"at":"2025');
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(audit().faults[0]).toMatchObject({
      code: 'ledger-altered',
      message: expect.stringContaining('from entry 2'),
    });
  });
});
