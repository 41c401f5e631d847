import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { objectionToName } from './names.ts';

const storedSchema = z.strictObject({
  id: z.int().min(1),
  name: z.string(),
  /** The file's name in the folder. */
  file: z.string(),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The job that made it. */
  job: z.string(),
  createdAt: z.iso.datetime(),
});

/** An artifact of a run: a zip archive, beside a description of the same name. */
export type StoredArtifact = z.infer<typeof storedSchema>;

/**
 * The artifacts of one run, in a folder. A description is written after its archive and whole, so that an interrupted
 * upload leaves no artifact.
 */
export class ArtifactStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** In the order in which they were made. What is no description of ours is passed over. */
  list(): StoredArtifact[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => read(join(this.folder, name)))
      .toSorted((a, b) => a.id - b.id);
  }

  named(name: string): StoredArtifact | undefined {
    return this.list().find((artifact) => artifact.name === name);
  }

  fileOf({ file }: StoredArtifact): string {
    return join(this.folder, file);
  }

  /** Where to write the archive of a new artifact; {@link add} makes it count. */
  place(name: string): string {
    const objection = objectionToName(name);
    if (objection !== undefined) throw new RangeError(objection);
    mkdirSync(this.folder, { recursive: true });
    return join(this.folder, `${name}.zip`);
  }

  add(artifact: Omit<StoredArtifact, 'id' | 'file'>): StoredArtifact {
    const id = (this.list().at(-1)?.id ?? 0) + 1;
    const stored = { id, file: `${artifact.name}.zip`, ...artifact };
    const description = join(this.folder, `${artifact.name}.json`);
    writeFileSync(`${description}.tmp`, `${JSON.stringify(stored)}\n`);
    renameSync(`${description}.tmp`, description);
    return stored;
  }

  remove({ name, file }: StoredArtifact): void {
    rmSync(join(this.folder, `${name}.json`), { force: true });
    rmSync(join(this.folder, file), { force: true });
  }
}

function read(file: string): StoredArtifact[] {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success && objectionToName(parsed.data.file) === undefined ? [parsed.data] : [];
  } catch {
    return [];
  }
}
