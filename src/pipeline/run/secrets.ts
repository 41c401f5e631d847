import type { Problem } from '#core/problem.ts';
import { Secret } from '#core/secret.ts';
import type { SecretScope, SecretSource } from '#core/secret-source.ts';
import type { Contexts } from '../expression/scope.ts';
import { Masker } from '../mask/masker.ts';
import type { Template, TemplateMap, Value } from '../workflow/model.ts';

/** Shorter ones stand in every text. */
const SHORTEST = 4;

/** What an untrusted run has. */
export const NO_SECRETS: SecretSource = { get: async () => undefined, names: async () => [] };

/** A source of fixed values: what a calling workflow hands to a called one. */
export function fixedSecrets(values: Readonly<Record<string, string>>): SecretSource {
  const byName = new Map(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));
  return {
    get: async (name) => {
      const value = byName.get(name.toUpperCase());
      return value === undefined || value === '' ? undefined : new Secret(value);
    },
    names: async () => [...byName.keys()],
  };
}

/**
 * What any job of a run was handed is masked in all jobs of it: one may pass on, in a form that nobody recognises, what
 * another one turns back and prints. What `add-mask` asks for stays in its job.
 */
export class SharedMasks {
  readonly #handed: Secret[] = [];
  readonly #maskers = new Set<Masker>();

  /** A masker that knows what has been handed out, and will know what is until it is closed. */
  open(): Masker {
    const masker = new Masker();
    for (const secret of this.#handed) masker.add(secret);
    this.#maskers.add(masker);
    return masker;
  }

  close(masker: Masker): void {
    this.#maskers.delete(masker);
  }

  add(secret: Secret): void {
    this.#handed.push(secret);
    for (const masker of this.#maskers) masker.add(secret);
  }
}

/** Hands secrets to those who name them, and to nobody else. Whatever is handed out is masked from then on. */
export class SecretCounter {
  readonly #source: SecretSource;
  readonly #masker: Masker;
  readonly #onProblem: (problem: Problem) => void;
  readonly #scope: SecretScope;
  readonly #handed = new Map<string, string | undefined>();
  readonly #concealed: string[] = [];
  readonly #shared: SharedMasks;

  constructor(
    source: SecretSource,
    masker: Masker,
    shared: SharedMasks,
    onProblem: (problem: Problem) => void,
    scope: SecretScope = {},
  ) {
    this.#scope = scope;
    this.#shared = shared;
    this.#source = source;
    this.#masker = masker;
    this.#onProblem = onProblem;
  }

  /** The `secrets` context for these templates: what they name, and nothing where they name nothing. */
  async contextFor(...templates: readonly (Template | TemplateMap | undefined)[]): Promise<Contexts> {
    const names = new Set(templates.flatMap(namesIn).map((name) => name.toUpperCase()));
    if (names.size === 0) return {};
    if (names.delete('*')) for (const name of await this.#source.names(this.#scope)) names.add(name.toUpperCase());
    const secrets: Record<string, Value> = {};
    for (const name of names) {
      const value = await this.#value(name);
      if (value !== undefined) secrets[name] = value;
    }
    return { secrets };
  }

  /** Masks what steps can read without naming a secret: the token of the `github` context. */
  conceal(value: string): void {
    if (value === '') return;
    this.#concealed.push(value);
    this.#masker.add(new Secret(value));
  }

  /** Names of those that were handed out. */
  handed(): string[] {
    return [...this.#handed].flatMap(([name, value]) => (value === undefined ? [] : [name])).toSorted();
  }

  /** Whether a text holds one of them whatever its case: names of hosts are told in lower case. */
  isIn(text: string): boolean {
    const lower = text.toLowerCase();
    for (const value of [...this.#handed.values(), ...this.#concealed]) {
      if (value !== undefined && value.length >= SHORTEST && lower.includes(value.toLowerCase())) return true;
    }
    return false;
  }

  async #value(name: string): Promise<string | undefined> {
    if (this.#handed.has(name)) return this.#handed.get(name);
    const secret = await this.#source.get(name, this.#scope);
    if (secret !== undefined) {
      const problem = this.#masker.add(secret, `The secret ${name}`);
      if (problem !== undefined) this.#onProblem(problem);
      this.#shared.add(secret);
    }
    const value = secret?.reveal();
    this.#handed.set(name, value);
    return value;
  }
}

const namesIn = (template: Template | TemplateMap | undefined): readonly string[] =>
  template === undefined ? [] : 'text' in template ? template.secrets : template.flatMap(({ value }) => value.secrets);
