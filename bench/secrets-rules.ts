import { SecretsInspector } from '#checks/secrets/inspector.ts';
import { Occurrences, Prefilter } from '#checks/secrets/match/prefilter.ts';
import { assemble } from '#checks/secrets/prepare.ts';
import { readFolder, type Sample } from './folder.ts';

/*
 * What each rule and each literal cost on a folder of source text: `node bench/secrets-rules.ts FOLDER [TOP]`. A rule that is tried
 * at many places wants a rarer literal; one that takes long at few places has a pattern that looks too far.
 */

interface Cost {
  name: string;
  places: number;
  milliseconds: number;
}

const [folder, top = '20'] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder?');
const samples = readFolder(folder);
print('rules', costOfRules(samples));
print('literals', countOfLiterals(samples));

function print(title: string, costs: readonly Cost[]): void {
  console.log(`\n${title}: ${costs.reduce((sum, { places }) => sum + places, 0)} places`);
  for (const { name, places, milliseconds } of costs.slice(0, Number(top))) {
    console.log(`${String(places).padStart(8)} ${milliseconds.toFixed(1).padStart(8)} ms  ${name}`);
  }
}

/** Wraps each rule's matcher in a clock. */
function costOfRules(artifacts: readonly Sample[]): Cost[] {
  const inspector = new SecretsInspector(assemble({}).sets);
  const costs = inspector.scanner.detector.rules.map((matcher): Cost => {
    const cost = { name: matcher.rule.id, places: 0, milliseconds: 0 };
    const timed = <Rest extends unknown[]>(work: (starts: Float64Array, ...rest: Rest) => void) => {
      return (starts: Float64Array, ...rest: Rest): void => {
        const before = performance.now();
        work.call(matcher, starts, ...rest);
        cost.milliseconds += performance.now() - before;
        cost.places += starts.length;
      };
    };
    Object.assign(matcher, { at: timed(matcher.at), weighAt: timed(matcher.weighAt) });
    return cost;
  });
  const sink = { hit: () => undefined, problem: () => undefined };
  for (const { path, artifact } of artifacts) if (inspector.wants(path)) inspector.inspect(artifact(), sink);
  return costs.sort((a, b) => b.milliseconds - a.milliseconds);
}

function countOfLiterals(artifacts: readonly Sample[]): Cost[] {
  const users = new Map<string, string[]>();
  for (const { rules } of assemble({}).sets) {
    for (const { id, plan } of rules) {
      if (plan.kind !== 'anchored') continue;
      for (const { text } of plan.literals) users.set(text, [...(users.get(text) ?? []), id]);
    }
  }
  const costs = Array.from(
    users,
    ([text, ids]): Cost => ({ name: `${text}  ${ids.join(' ')}`, places: 0, milliseconds: 0 }),
  );
  const prefilter = new Prefilter([...users.keys()]);
  const found = new Occurrences();
  for (const { bytes } of artifacts) {
    found.clear();
    prefilter.scan(bytes, 0, bytes.length, found);
    for (let at = 0; at < found.count; at++) (costs[found.literals[at] as number] as Cost).places += 1;
  }
  return costs.sort((a, b) => b.places - a.places);
}
