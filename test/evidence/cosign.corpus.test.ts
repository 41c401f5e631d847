import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ground } from './ground.ts';

const COSIGN = process.env['SLUICE_CORPUS_COSIGN'];

/** SLUICE_CORPUS_COSIGN is the program cosign, version 2.6 or later. */
describe.skipIf(COSIGN === undefined || !existsSync(COSIGN))(
  'cosign verify-blob-attestation (SLUICE_CORPUS_COSIGN)',
  () => {
    const accepts = (folder: string, bundle: string, type: string, artifact: string): boolean => {
      writeFileSync(
        join(folder, 'root.json'),
        '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}',
      );
      const offline = [
        '--new-bundle-format',
        '--insecure-ignore-tlog',
        '--trusted-root',
        'root.json',
        '--key',
        'key.pub',
      ];
      try {
        const args = ['verify-blob-attestation', ...offline, '--bundle', bundle, '--type', type, artifact];
        execFileSync(COSIGN ?? '', args, { cwd: folder, stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };

    test.each(['ecdsa-p256', 'ed25519'])('accepts what we sign with %s, and only that', async (algorithm) => {
      const { folder, run } = ground();
      await run('evidence', 'key', 'create', '--algorithm', algorithm);
      await run('sign', 'app.tgz');
      await run('attest', 'app.tgz', '--type', 'cyclonedx', '--predicate', 'sbom.json');
      writeFileSync(join(folder, 'key.pub'), (await run('evidence', 'key', 'show', '--public')).stdout);
      expect(accepts(folder, 'app.tgz.sigstore.json', 'https://sigstore.dev/cosign/sign/v1', 'app.tgz')).toBe(true);
      expect(accepts(folder, 'app.tgz.cyclonedx.sigstore.json', 'cyclonedx', 'app.tgz')).toBe(true);
      expect(accepts(folder, 'app.tgz.cyclonedx.sigstore.json', 'spdx', 'app.tgz')).toBe(false);
      expect(accepts(folder, 'app.tgz.cyclonedx.sigstore.json', 'cyclonedx', 'sbom.json')).toBe(false);
    });
  },
);
