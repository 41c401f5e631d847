import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package as it lies in `node_modules`. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** The folder that holds its `package.json`. */
  readonly folder: string;
  /** An SPDX expression, as its `package.json` says; `undefined` when it says nothing that is one. */
  readonly licence: string | undefined;
  /** Where it is made, as its `package.json` says; packages of one repository are one work. */
  readonly repository: string | undefined;
  /** The names of what it needs to run. */
  readonly dependencies: readonly string[];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly repository?: string | { readonly url?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package installed in `folder`. */
export function readPackage(folder: string): InstalledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return {
    name: manifest.name ?? folder,
    version: manifest.version ?? '0.0.0',
    folder,
    licence: typeof manifest.license === 'string' ? manifest.license : undefined,
    repository: typeof manifest.repository === 'string' ? manifest.repository : manifest.repository?.url,
    dependencies: Object.keys(manifest.dependencies ?? {}).toSorted(),
  };
}

/** The real folder of the package `name` as a module in `from` finds it; `undefined` when it is not installed. */
function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

/** The packages and all that they need, by folder; sorted by name and version. A package that is missing is an error. */
export function closure(names: readonly string[], root: string): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const visit = (name: string, from: string): void => {
    const folder = findPackage(name, from);
    if (folder === undefined) throw new Error(`${name}, needed by ${from}, is not installed: run npm ci`);
    if (found.has(folder)) return;
    const installed = readPackage(folder);
    found.set(folder, installed);
    for (const dependency of installed.dependencies) visit(dependency, folder);
  };
  for (const name of names) visit(name, root);
  return [...found.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const key = ({ name, version }: InstalledPackage): string => `${name} ${version}`;

/** The package that a module belongs to; `undefined` for our own. Innermost `node_modules` first. */
export function packageOf(module: string): string | undefined {
  return /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)/.exec(module)?.[1];
}

/**
 * The text of its licence and notice files; of a package that ships none, those of another of the same repository under
 * the same licence. Empty when there are none either.
 */
export function licenceTexts(installed: InstalledPackage, among: readonly InstalledPackage[]): string[] {
  const own = textsIn(installed);
  if (own.length > 0 || installed.repository === undefined) return own;
  const kin = among.filter(
    ({ repository, licence }) => repository === installed.repository && licence === installed.licence,
  );
  return kin.map(textsIn).find((texts) => texts.length > 0) ?? [];
}

function textsIn({ folder }: InstalledPackage): string[] {
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
}
