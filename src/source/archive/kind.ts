export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'xz' | 'zstd';

const TAR_MAGIC_AT = 257;

/**
 * What kind of archive these bytes start, by their magic number and not by a name: a jar, a wheel and an office document
 * are zips. `undefined`: none that we open.
 */
export function archiveKind(start: Buffer): ArchiveKind | undefined {
  switch (start[0]) {
    case 0x50:
      // A local file, or the end record of an empty archive.
      if (start[1] !== 0x4b) break;
      if ((start[2] === 3 && start[3] === 4) || (start[2] === 5 && start[3] === 6)) return 'zip';
      break;
    case 0x1f:
      if (start[1] === 0x8b && start[2] === 8) return 'gzip';
      break;
    case 0xfd:
      if (start.length >= 6 && start.toString('latin1', 1, 6) === '7zXZ\0') return 'xz';
      break;
    case 0x28:
      if (start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return 'zstd';
      break;
  }
  const isTar = start.length >= 512 && start.toString('latin1', TAR_MAGIC_AT, TAR_MAGIC_AT + 5) === 'ustar';
  return isTar ? 'tar' : undefined;
}
