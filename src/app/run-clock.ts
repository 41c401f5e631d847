/**
 * The time of day, counted on from `start` by a clock that nobody sets: a run whose machine is set to another time meanwhile
 * still ends after it began, and takes as long as it took.
 *
 * @param elapsed milliseconds since any moment, never less than before
 */
export function steadyClock(start: Date, elapsed: () => number): () => Date {
  const from = start.getTime() - elapsed();
  return () => new Date(from + elapsed());
}
