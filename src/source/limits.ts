const MIB = 1024 * 1024;

/** How much of one archive is opened, counted over everything nested in it. */
export interface ArchiveLimits {
  /** Archives within archives; 1: only the members of the outermost are read. */
  readonly maxDepth: number;
  readonly maxMembers: number;
  /** Bytes after expansion. */
  readonly maxBytes: number;
  /** Bytes after expansion for each byte of the archive, once they are more than {@link RATIO_FREE_BYTES}. */
  readonly maxRatio: number;
}

export interface ReadLimits {
  /** Text larger than this is not read: a Problem `file-too-large`. Binary content of any size is only counted. */
  readonly maxFileBytes: number;
  readonly archive: ArchiveLimits;
}

/** A small archive may well expand by any ratio: a log of one repeated line does. */
export const RATIO_FREE_BYTES = 16 * MIB;

export const DEFAULT_LIMITS: ReadLimits = {
  maxFileBytes: 32 * MIB,
  archive: { maxDepth: 3, maxMembers: 100_000, maxBytes: 512 * MIB, maxRatio: 200 },
};

/**
 * A number of bytes as people write it in the configuration.
 *
 * ```ts
 * sizeText(33_554_432) // => '32 MiB'
 * sizeText(1_000) // => '1,000 bytes'
 * ```
 */
export function sizeText(bytes: number): string {
  const mebibytes = bytes / MIB;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes.toLocaleString('en-US')} bytes`;
}
