import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 leave its costliest compiler to what runs for very long. A scan of a history is over in a second or two, its loops over
 * bytes are WebAssembly and regular expressions, which are compiled by other means, and for all the rest the second compiler
 * is enough: the third was a quarter of the scan's CPU time, on threads of its own.
 */
export function compileLess(): void {
  // A V8 that does not know a flag complains on standard error.
  if (Number.parseInt(process.versions.v8, 10) <= NEWEST) setFlagsFromString('--invocation-count-for-turbofan=1000000');
}

/** The newest version of V8 that is known to have the flag. */
const NEWEST = 14;
