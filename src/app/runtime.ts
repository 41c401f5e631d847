import { setFlagsFromString } from 'node:v8';

/** The newest version of V8 that is known to have the flags: one that does not complains on standard error. */
const NEWEST = 14;

/**
 * Has V8 spend less on a scan of a history, which is over in seconds and whose loops over bytes are WebAssembly and regular
 * expressions, compiled by other means than the rest. The costliest compiler is left to what runs for very long: it was a quarter
 * of the scan's CPU time, on threads of its own. What is new stays in little memory: with more, a scan takes a hundred
 * megabytes more and not a moment less.
 */
export function tuneForHistory(): void {
  if (Number.parseInt(process.versions.v8, 10) > NEWEST) return;
  setFlagsFromString('--invocation-count-for-turbofan=1000000');
  setFlagsFromString('--semi-space-growth-factor=1');
}
