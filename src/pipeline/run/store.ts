import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { type RunLogEvent, type RunRecord, runSchema } from './record.ts';

/** The folder of one run. Each file is written whole or, where it is a log, only ever grows. */
export interface RunFolder {
  readonly id: number;
  readonly path: string;
  /** Appends to `events.jsonl`; what a step prints goes to its log instead. */
  append(event: RunLogEvent): void;
  /** Replaces `run.json` at once. */
  save(record: RunRecord): void;
}

/**
 * All runs of a repository, in `.sluice/runs`: a folder for each, named by its number.
 */
export class RunStore {
  readonly folder: string;

  /** @param state the `.sluice` folder */
  constructor(state: string) {
    this.folder = join(state, 'runs');
  }

  /** Numbers grow and are never used twice at a time, also by two processes that start together. */
  create(): RunFolder {
    mkdirSync(this.folder, { recursive: true });
    for (let id = (this.ids().at(-1) ?? 0) + 1; ; id += 1) {
      const path = join(this.folder, String(id));
      try {
        mkdirSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw error;
      }
      return openFolder(id, path);
    }
  }

  /** In order. */
  ids(): number[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names
      .filter((name) => /^[1-9]\d{0,8}$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b);
  }

  /** Newest first; folders whose record cannot be read (interrupted before it was written) are passed over. */
  list(): RunRecord[] {
    return this.ids()
      .toReversed()
      .flatMap((id) => this.#read(id) ?? []);
  }

  /** @throws SluiceError `run-not-found`; without an id, the newest */
  get(id?: number): { record: RunRecord; path: string } {
    const record = id === undefined ? this.list()[0] : this.#read(id);
    if (record !== undefined) return { record, path: join(this.folder, String(record.id)) };
    const message = id === undefined ? 'there is no run yet' : `there is no run ${id}`;
    throw new SluiceError('run-not-found', message, { hint: '`sluice runs` lists them.' });
  }

  /** Removes the folders in which jobs of interrupted runs worked. */
  tidy(): void {
    for (const id of this.ids()) {
      const work = join(this.folder, String(id), 'work');
      const record = existsSync(work) ? this.#read(id) : undefined;
      if (record !== undefined && stateOf(record) !== 'running') rmSync(work, { recursive: true, force: true });
    }
  }

  /** Removes all but the newest; a run that is under way stays. */
  retain(count: number): void {
    for (const id of this.ids().toReversed().slice(count)) {
      const record = this.#read(id);
      if (record !== undefined && stateOf(record) === 'running') continue;
      rmSync(join(this.folder, String(id)), { recursive: true, force: true });
    }
  }

  #read(id: number): RunRecord | undefined {
    try {
      const parsed = runSchema.safeParse(JSON.parse(readFileSync(join(this.folder, String(id), 'run.json'), 'utf8')));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A run that never said how it ended is running, or was interrupted with its process. */
export function stateOf({
  conclusion,
  pid,
}: RunRecord): NonNullable<RunRecord['conclusion']> | 'running' | 'interrupted' {
  if (conclusion !== undefined) return conclusion;
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : 'interrupted';
  }
}

function openFolder(id: number, path: string): RunFolder {
  const file = join(path, 'run.json');
  return {
    id,
    path,
    append: (event) => appendFileSync(join(path, 'events.jsonl'), `${JSON.stringify(event)}\n`),
    save: (record) => {
      writeFileSync(`${file}.tmp`, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
      renameSync(`${file}.tmp`, file);
    },
  };
}
