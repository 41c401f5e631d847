import type { Text } from '#core/text.ts';
import type { Required } from '../rule.ts';
import { accept, type Detection } from './detection.ts';
import type { Detector } from './detector.ts';
import { plainSurface } from './surface.ts';

/**
 * Leaves out detections of rules that require others (gitleaks' `[[rules.required]]`) where those do not match, or not
 * near enough. A required rule's keywords and `skipReport` do not count here, as in gitleaks.
 */
export function satisfied(
  found: readonly Detection[],
  detector: Detector,
  text: Text,
  origin: { readonly path: string; readonly commit: string | undefined },
): Detection[] {
  if (found.every(({ rule }) => rule.required.length === 0)) return [...found];
  const others = new Map<string, readonly Detection[]>();
  const matchesOf = (id: string, { rule }: Detection): readonly Detection[] => {
    let matches = others.get(id);
    if (matches === undefined) {
      const list: Detection[] = [];
      const matcher = detector.rules.find((other) => other.rule.id === id && other.rule.set === rule.set);
      matcher?.everywhere(plainSurface(text.string), list);
      matches = list.filter((detection) => accept(detection, origin.path, origin.commit));
      others.set(id, matches);
    }
    return matches;
  };
  return found.filter((detection) =>
    detection.rule.required.every((required) =>
      matchesOf(required.id, detection).some((other) => isNear(text, detection, other, required)),
    ),
  );
}

function isNear(text: Text, a: Detection, b: Detection, { withinLines, withinColumns }: Required): boolean {
  if (withinLines === undefined && withinColumns === undefined) return true;
  const [left, right] = [text.positionAt(a.match.start), text.positionAt(b.match.start)];
  if (withinLines !== undefined && Math.abs(left.line - right.line) > withinLines) return false;
  return withinColumns === undefined || Math.abs(left.column - right.column) <= withinColumns;
}
