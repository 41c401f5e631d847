import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidenceOf } from '#app/evidence-gate.ts';
import { ledgerFolder } from '#app/home.ts';
import { ledgerKeys, openNotary } from '#app/notary.ts';
import { ownKeys, ownMemory } from '#app/own-evidence.ts';
import { trustOf } from '#app/trust.ts';
import type { Statement } from '#core/statement.ts';
import { auditLedger } from '#evidence/ledger/audit.ts';
import { readLedger } from '#evidence/ledger/read.ts';
import { provenanceStatement } from '#evidence/statements/provenance.ts';

/*
 * How fast evidence is signed, kept, searched and verified: `npx node bench/ledger.ts [ENTRIES]`, 100,000 by default.
 */

const count = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const [repository, home] = [join(folder, 'repository'), join(folder, 'home')];
const clock = { now: () => new Date() };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A provenance of usual size, about one of a thousand artifacts. */
const numbered = (number: number): Statement =>
  provenanceStatement([{ name: 'app', digest: { sha256: sha256(String(number % 1_000)) } }], {
    buildDefinition: {
      buildType: 'urn:example:build',
      externalParameters: { workflow: { path: '.github/workflows/ci.yml', ref: 'refs/heads/main' }, number },
      internalParameters: { sandbox: { driver: 'bubblewrap', isolated: true }, trusted: true },
      resolvedDependencies: [
        { uri: 'git+https://git.example/shop@refs/heads/main', digest: { gitCommit: 'a'.repeat(40) } },
        { uri: 'file:ci.yml', digest: { sha256: 'b'.repeat(64) } },
      ],
    },
    runDetails: { builder: { id: 'urn:example:builder' }, metadata: { invocationId: `run-${number}` } },
  });

async function measure(name: string, times: number, work: () => unknown): Promise<void> {
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  console.log(
    `${name.padEnd(40)} ${ms.toFixed(0).padStart(7)} ms ${((times / ms) * 1_000).toFixed(0).padStart(8)} a second`,
  );
}

try {
  const notary = await openNotary(repository, { clock, home });
  await measure('sign', 2_000, async () => {
    for (let number = 0; number < 2_000; number += 1) await notary.sign(numbered(number));
  });
  await measure('sign and append, 1,000 at a time', count, async () => {
    for (let from = 0; from < count; from += 1_000) {
      const length = Math.min(1_000, count - from);
      await notary.record(Array.from({ length }, (_, at) => numbered(from + at)));
    }
  });
  await measure('sign and append, one at a time', 200, async () => {
    for (let number = 0; number < 200; number += 1) await notary.record([numbered(count + number)]);
  });
  const ledger = ledgerFolder(repository);
  console.log(`${statSync(join(ledger, 'entries.jsonl')).size} bytes`);
  const options = { keys: ledgerKeys(ownKeys(home)), memory: ownMemory(home) };
  await measure('read, and check the tree', count, () => readLedger(ledger, options, () => undefined));
  await measure('evidence of one artifact', 1, () =>
    evidenceOf({ repository, artifact: { sha256: sha256('7') }, clock, home }),
  );
  await measure('audit, every signature', count, () =>
    auditLedger(ledger, { ...options, trust: trustOf(home), now: new Date() }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
