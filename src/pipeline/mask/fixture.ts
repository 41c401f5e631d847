import fc from 'fast-check';
import { expect } from 'vitest';
import { Secret } from '#core/secret.ts';
import { Masker } from './masker.ts';

/** Made when the test runs: nothing that looks like a credential stands in a file. */
export const SAMPLE = ['w9', 'Tq!x', 'Zk"7', "p'L", '/&', '2m$R', ' +\\n4', 'é%Vb'].join('');

/** A masker of values that can all be masked. */
export function maskerOf(...values: string[]): Masker {
  const masker = new Masker();
  for (const value of values) expect(masker.add(new Secret(value))).toBeUndefined();
  return masker;
}

/** What comes out when the text is written in pieces that end at `cuts`. */
export function throughPieces(masker: Masker, text: Buffer, cuts: readonly number[]): Buffer {
  const stream = masker.stream();
  const ends = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
  const shown: Buffer[] = [];
  let from = 0;
  for (const end of ends) {
    shown.push(stream.write(text.subarray(from, end)));
    from = end;
  }
  return Buffer.concat([...shown, stream.end()]);
}

/** Rounds of a property; a fuzz run asks for more. */
export const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);

/** Where a text is cut into pieces. */
export const cuts = fc.array(fc.nat(), { maxLength: 8 });
