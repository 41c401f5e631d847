import { statSync } from 'node:fs';
import { join } from 'node:path';
import { network } from '#adapters/network.ts';
import { judgeAnswer, requestFor, type Verification, type Verifier } from '#checks/secrets/verify/verifier.ts';
import { VERIFIERS } from '#checks/secrets/verify/verifiers.ts';
import { SluiceError } from '#core/error.ts';
import type { Finding, Location } from '#core/finding.ts';
import type { Network } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import { Secret } from '#core/secret.ts';
import { Text } from '#core/text.ts';
import { isProblem } from '#source/items.ts';
import { DEFAULT_LIMITS } from '#source/limits.ts';
import { readArtifact } from '#source/read.ts';
import type { Examination, ScanJob } from './job.ts';

/** Questions asked at the same time; more would look like an attack to a provider. */
const AT_ONCE = 4;

/**
 * Asks each provider about each secret found that it can be asked about, and writes the answer into the finding. A
 * provider that does not answer is a problem: nobody may take silence for "inactive".
 *
 * @throws SluiceError `verify-endpoint-invalid`
 */
export async function verifySecrets(job: ScanJob, examined: Examination, net: Network = network): Promise<Examination> {
  const bases = endpoints(job.request.verifyEndpoints ?? []);
  const problems: Problem[] = [];
  const findings = [...examined.findings];
  const waiting = findings.flatMap((finding, index) => {
    const verifier = VERIFIERS[finding.check.slice(finding.check.indexOf('/') + 1)];
    return verifier === undefined || finding.secret === undefined ? [] : [{ finding, index, verifier }];
  });
  const ask = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { finding, index, verifier } = next;
      const secret = await secretAt(job, finding).catch(() => undefined);
      const verification =
        secret === undefined ? 'unknown' : await verify(secret, verifier, bases.get(verifier.provider), net);
      if (verification === 'unknown') problems.push(unanswered(finding, verifier, secret !== undefined));
      const facts = { ...(finding.secret as NonNullable<Finding['secret']>), verification };
      findings[index] = { ...finding, secret: facts };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return { ...examined, findings, problems: [...examined.problems, ...problems] };
}

async function verify(
  secret: Secret,
  verifier: Verifier,
  base: string | undefined,
  net: Network,
): Promise<Verification> {
  try {
    return judgeAnswer(verifier, await net.request(requestFor(verifier, secret, base)));
  } catch {
    return 'unknown';
  }
}

const unanswered = (finding: Finding, { provider }: Verifier, asked: boolean): Problem => ({
  code: 'verification-unanswered',
  message: `Whether this secret is alive could not be found out: ${
    asked ? `${provider} gave no answer that settles it` : 'it does not stand there in a form that can be sent'
  }.`,
  hint: 'Treat it as alive, and rotate it.',
  path: finding.location.path,
  line: finding.location.startLine,
  check: finding.check,
});

/**
 * The secret itself, read again from where it stands: a finding has no field for it. `undefined` where what stands there
 * is not what was found (the file changed since, or the secret is encoded): nobody else's text may go to a provider, nor
 * may its answer to that count.
 */
async function secretAt(job: ScanJob, { location, secret }: Finding): Promise<Secret | undefined> {
  const text = await textOf(job, location);
  if (text === undefined || location.endLine > text.lineCount) return undefined;
  const at = (line: number, column: number): number => text.lineSpan(line).start + column - 1;
  const { startLine, startColumn, endLine, endColumn } = location;
  const again = new Secret(text.string.slice(at(startLine, startColumn), at(endLine, endColumn)));
  return again.masked === secret?.masked ? again : undefined;
}

async function textOf(job: ScanJob, { path, origin }: Location): Promise<Text | undefined> {
  const { target } = job;
  if (target.kind === 'url' || path.includes('!')) return undefined;
  if (origin.kind === 'commit') return blobOf(job, target.path, `${origin.commit}:${path}`);
  if (origin.kind !== 'file') return undefined;
  if (target.kind === 'staged') return blobOf(job, target.path, `:./${path}`);
  const file = statSync(target.path).isDirectory() ? join(target.path, path) : target.path;
  const items = readArtifact({ path, size: -1, origin, content: { kind: 'file', file } }, DEFAULT_LIMITS);
  if (Symbol.asyncIterator in items) return undefined;
  const [item] = items;
  return item === undefined || isProblem(item) ? undefined : item.text;
}

async function blobOf({ git }: ScanJob, cwd: string, name: string): Promise<Text> {
  return new Text(await git.run(['cat-file', 'blob', name], { cwd, maxBytes: DEFAULT_LIMITS.maxFileBytes }));
}

/** `--verify-endpoint NAME=URL`: only from the command line, since a file in the target could send keys to anybody. */
function endpoints(words: readonly string[]): ReadonlyMap<string, string> {
  const known = new Set(Object.values(VERIFIERS).map(({ provider }) => provider));
  return new Map(
    words.map((word) => {
      const [name = '', ...rest] = word.split('=');
      const url = rest.join('=');
      if (known.has(name) && /^https?:\/\/[^\s@]+$/.test(url)) return [name, url] as const;
      const hint = `Write PROVIDER=URL; providers: ${[...known].toSorted().join(', ')}.`;
      throw new SluiceError('verify-endpoint-invalid', `--verify-endpoint ${name}=… names no known provider and URL`, {
        hint,
      });
    }),
  );
}
