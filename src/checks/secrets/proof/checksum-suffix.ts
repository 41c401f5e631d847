import { ALPHABETS, randomText } from '../random.ts';
import { crc32Base62 } from './crc.ts';
import { type ProofModule, proven, type Random, refuted, unknown } from './proof.ts';

const RANDOM = 30;
const CHECKSUM = 6;

/**
 * `prefix_`, 30 random characters, and the CRC-32 of those 30 in base 62. GitHub published the format in
 * "Behind GitHub's new authentication token formats" (2021); npm took it over the same year.
 */
export function checksumSuffix(defaultPrefix: string): Required<ProofModule> {
  return {
    prove(secret) {
      const body = secret.slice(secret.indexOf('_') + 1);
      if (body.length !== RANDOM + CHECKSUM) return unknown('the length is not the one that carries a checksum');
      return crc32Base62(body.slice(0, RANDOM)) === body.slice(RANDOM)
        ? proven('the CRC-32 checksum matches')
        : refuted('the CRC-32 checksum does not match');
    },
    generate(random: Random, prefix = defaultPrefix) {
      const body = randomText(random, ALPHABETS.alnum, RANDOM);
      return `${prefix}_${body}${crc32Base62(body)}`;
    },
  };
}
