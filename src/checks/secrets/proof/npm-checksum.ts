import { checksumSuffix } from './checksum-suffix.ts';

/** `npm_` access tokens. */
export const { prove, generate } = checksumSuffix('npm');
