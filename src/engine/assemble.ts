import type { Finding, Location, Step } from '#core/finding.ts';
import { order } from '#core/order.ts';
import { plain } from '#core/secret.ts';
import { fingerprintOf } from './fingerprint.ts';
import { comparePlaces, type Group, type Place } from './group.ts';
import type { KnownFindings } from './known.ts';
import { compareLocations } from './order.ts';

/** Findings from groups, sorted by path, line, column, check and fingerprint. `known`: the baseline. */
export function assemble(groups: readonly Group[], known: KnownFindings): Finding[] {
  const findings = identify(groups).map(([fingerprint, group]) =>
    findingOf(group, fingerprint, !known.knows(fingerprint, group)),
  );
  return findings.sort(
    (a, b) =>
      compareLocations(a.location, b.location) || order(a.check, b.check) || order(a.fingerprint, b.fingerprint),
  );
}

/** Causes that share a stable anchor are numbered in the order of their first places. */
function identify(groups: readonly Group[]): (readonly [string, Group])[] {
  const sorted = groups.toSorted(
    (a, b) => comparePlaces(a.first, b.first) || order(a.check.id, b.check.id) || order(a.draft.key, b.draft.key),
  );
  const counts = new Map<string, number>();
  return sorted.map((group) => {
    const anchor = `${group.check.id}\n${group.stable}`;
    const ordinal = (counts.get(anchor) ?? 0) + 1;
    counts.set(anchor, ordinal);
    return [fingerprintOf(group.check.id, group.stable, ordinal), group];
  });
}

function findingOf(group: Group, fingerprint: string, unknown: boolean): Finding {
  const { check, draft, shown } = group;
  const places = group.places.toSorted(comparePlaces).filter(isFirstOfItsPlace);
  const counting = places.filter(({ suppression }) => suppression === undefined);
  const added = (counting.length > 0 ? counting : places).some((place) => place.added);
  return {
    fingerprint,
    check: check.id,
    title: check.title,
    message: draft.message ?? plain(check.title),
    remedy: check.remedy,
    severity: group.severity,
    confidence: group.confidence,
    cwe: check.cwe,
    tags: check.tags,
    location: { ...shown.location, ...(draft.location.frame === undefined ? {} : { frame: draft.location.frame }) },
    places: places.filter((place) => comparePlaces(place, shown) !== 0).map(({ location }) => location),
    ...(group.weak ? { weak: true } : {}),
    isNew: unknown && added,
    ...(shown.suppression === undefined ? {} : { suppression: shown.suppression }),
    ...(draft.secret === undefined ? {} : { secret: draft.secret }),
    ...(draft.related === undefined ? {} : { trace: draft.related.map(stepOf) }),
  };
}

const stepOf = (location: Location): Step => ({ location, message: plain('Belongs to it.') });

const isFirstOfItsPlace = (place: Place, index: number, places: readonly Place[]): boolean =>
  index === 0 || comparePlaces(place, places[index - 1] as Place) !== 0;
