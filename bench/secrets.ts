import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SecretsInspector } from '#checks/secrets/inspector.ts';
import { assemble, type SecretsOptions } from '#checks/secrets/prepare.ts';
import { readFolder, type Sample } from './folder.ts';

/*
 * How fast secrets are looked for in a folder of source text: `node bench/secrets.ts FOLDER [gitleaks.toml [gitleaks]]`.
 * Reading is not measured for us, but it is for gitleaks, whose process is measured whole. CPU time rather than wall clock,
 * because garbage collection has threads of its own.
 */

/** One way to look, and what it cost. */
export interface SecretsFigure {
  readonly name: string;
  readonly megabytesPerCpuSecond: number;
  readonly hits: number;
}

const ROUNDS = 5;

/**
 * Measures the shipped rules, those of a gitleaks configuration when one is named, and gitleaks itself with that
 * configuration when its program is named. The best of five rounds each; gitleaks once.
 */
export function run(folder: string, configuration?: string, gitleaks?: string): SecretsFigure[] {
  const artifacts = readFolder(folder);
  const own: SecretsOptions =
    configuration === undefined
      ? {}
      : { shipped: false, rules: [{ file: configuration, text: readFileSync(configuration, 'utf8') }] };
  const figures = [measure('shipped rules', artifacts, {})];
  if (configuration !== undefined) {
    figures.push(measure('gitleaks configuration', artifacts, own));
    if (gitleaks !== undefined) figures.push(measureGitleaks(folder, configuration, gitleaks, sizeOf(artifacts)));
  }
  return figures;
}

const sizeOf = (artifacts: readonly Sample[]): number => artifacts.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** On one core, wall clock is close to CPU time. */
function measureGitleaks(folder: string, configuration: string, program: string, bytes: number): SecretsFigure {
  const args = ['dir', folder, '-c', configuration, '-f', 'json', '-r', '-', '--no-banner', '--exit-code', '0'];
  const before = performance.now();
  const output = execFileSync(program, args, {
    env: { ...process.env, GOMAXPROCS: '1' },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seconds = (performance.now() - before) / 1000;
  const hits: unknown = JSON.parse(output.toString());
  const megabytesPerCpuSecond = Math.round(bytes / seconds / 1e5) / 10;
  return { name: 'gitleaks itself', megabytesPerCpuSecond, hits: Array.isArray(hits) ? hits.length : 0 };
}

function measure(name: string, artifacts: readonly Sample[], options: SecretsOptions): SecretsFigure {
  const inspector = new SecretsInspector(assemble(options).sets);
  const size = sizeOf(artifacts);
  let best = Number.POSITIVE_INFINITY;
  let hits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    hits = 0;
    const before = process.cpuUsage();
    for (const { path, artifact } of artifacts) {
      if (!inspector.wants(path)) continue;
      const sink = { hit: () => hits++, problem: () => undefined };
      inspector.inspect(artifact(), sink);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return { name, megabytesPerCpuSecond: Math.round(size / best), hits };
}

if (import.meta.main) {
  const [folder, configuration, gitleaks] = process.argv.slice(2);
  if (folder === undefined) throw new Error('which folder?');
  for (const { name, megabytesPerCpuSecond, hits } of run(folder, configuration, gitleaks)) {
    console.log(`${name}: ${megabytesPerCpuSecond} MB per CPU second, ${hits} hits`);
  }
}
