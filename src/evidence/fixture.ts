import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Signer } from '#core/signer.ts';
import type { Statement, Subject } from '#core/statement.ts';
import type { Algorithm } from './keys/private-key.ts';
import { generateKey, openKey } from './keys/private-key.ts';
import { createStatement } from './statement.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-evidence-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const NOW = new Date('2026-11-24T12:00:00Z');

export async function newSigner(algorithm: Algorithm = 'ecdsa-p256'): Promise<Signer> {
  return await openKey(await generateKey(algorithm, NOW), () => Promise.reject(new Error('not sealed')));
}

export const subjectOf = (content: string, name = 'app.tar'): Subject => ({
  name,
  digest: { sha256: createHash('sha256').update(content).digest('hex') },
});

/** A statement that differs from every other by its number. */
export const numbered = (number: number, subject: Subject = subjectOf('app')): Statement =>
  createStatement([subject], 'urn:example:numbered', { number });
