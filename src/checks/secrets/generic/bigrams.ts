/**
 * How surprising each letter is after another in words that people write, in half bits, as one base-36 digit for each
 * pair: row = first letter, column = second, both a–z. Derived by counting pairs in the words of program text and
 * documentation (26,000 different words, frequent ones damped by the square root).
 */
const ROWS = [
  'E989HEAIAID697J9K675BCEFCH',
  '6BBD6EGG7AG5DG6GL99C7HIJAH',
  '7GBF6HK6AI88EJ4HL9C69KILDM',
  '7DD93DEJ5GJAFF7FKA9E9FIGCL',
  '9E86BBCHFII9A6FBD568HCE9EJ',
  '6EDE77FJ4KI8HE5GJ9BA8LJM9K',
  '8FFH4F976II9C88GL79B8FJGEG',
  '4GHF4IIJ6IKDDE6GM9E7AKKKEM',
  'AC899AAMIHF9947BJB87IALEMB',
  '7DDF5EJF9JCDJE6BFD4F7CBIJF',
  '8DDC3EBD5HEBEAAEHD6BAHDHDF',
  '6EEA4FHH5JG6FG6EOHAA9DIL9L',
  '5AHE4JGJ6JHA9E76KFAEAJJJEL',
  '8H877B5H9GCDFC9EKG75BCJLEK',
  'DC98FCCKCGC884A9O5998BAFHJ',
  '6HFE5HHC9LI7FH68K5A8AIIGDO',
  'BGGEDGGECGL9IFEFEBCC1FEGGL',
  '6EBB4ECI6MCDBB6FM988ADGLBM',
  'AI8E5EG87KCCEE89HG748HEHBO',
  '7IBG4FI75MLCEG8DN78AALFH9M',
  '999C8DAJ9LJ786E9O676GHJGKJ',
  '5FEH2JGH5IIHEF9KLFBFDGGLGI',
  '5HGE6EF75HHBI77FH78CGHCGGI',
  '8G8E7DJD7FLEBFC4GEC4HFL6BH',
  '8AAC9DEI9IF88784GB78EG9FEE',
  '6FDC3GDF7MGCFD6GFCAEDFCCA9',
];

const COSTS = Float32Array.from(ROWS.join(''), (digit) => Number.parseInt(digit, 36) / 2);

/** Bits of surprise of the second letter after the first; both are 0–25. */
export const bigramBits = (first: number, second: number): number => COSTS[first * 26 + second] as number;
