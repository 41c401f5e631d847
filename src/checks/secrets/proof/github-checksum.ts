import { checksumSuffix } from './checksum-suffix.ts';

/** `ghp_`, `gho_`, `ghu_`, `ghs_` and `ghr_` tokens; the argument of `generate` is the prefix without `_`. */
export const { prove, generate } = checksumSuffix('ghp');
