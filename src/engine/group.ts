import type { CheckSummary } from '#core/check.ts';
import type { Location, Suppression } from '#core/finding.ts';
import { order } from '#core/order.ts';
import { type Confidence, confidenceRank, type Severity, severityRank } from '#core/severity.ts';
import { compareLocations, momentOf } from './order.ts';
import type { Draft } from './protocol.ts';

/** One place of a finding, without its frame: there may be many. */
export interface Place {
  readonly location: Location;
  readonly moment: string;
  /** Brought by the change that is scanned; true in every other scan. */
  readonly added: boolean;
  readonly suppression: Suppression | undefined;
}

/** By time, then place: which of a finding's places is the first. */
export const comparePlaces = (a: Place, b: Place): number =>
  order(a.moment, b.moment) || compareLocations(a.location, b.location);

/** Which place to show: one that counts rather than a suppressed one, one that is new rather than an old one, the first. */
const compareForShow = (a: Place, b: Place): number =>
  Number(a.suppression !== undefined) - Number(b.suppression !== undefined) ||
  Number(b.added) - Number(a.added) ||
  comparePlaces(a, b);

/** The first of a finding's places, and what its hit says of the cause. */
interface First {
  readonly place: Place;
  readonly stable: string;
  readonly weak: boolean;
}

/**
 * All hits of one root cause. Only the place that will be shown keeps its draft with frame and message, so that memory
 * grows slowly with the places.
 */
export class Group {
  readonly check: CheckSummary;
  readonly places: Place[] = [];
  severity: Severity;
  confidence: Confidence;
  readonly #framed: boolean;
  #first: First;
  #shown: { readonly place: Place; readonly draft: Draft };

  /** `framed`: whether it may have a frame. */
  constructor(check: CheckSummary, place: Place, draft: Draft, framed: boolean) {
    this.#framed = framed;
    this.check = check;
    this.severity = draft.severity ?? check.severity;
    this.confidence = draft.confidence ?? check.confidence;
    this.#first = firstOf(place, draft);
    this.#shown = { place, draft: this.#kept(place, draft) };
    this.places.push(place);
  }

  add(place: Place, draft: Draft): void {
    this.places.push(place);
    if (comparePlaces(place, this.#first.place) < 0) this.#first = firstOf(place, draft);
    if (compareForShow(place, this.#shown.place) < 0) this.#shown = { place, draft: this.#kept(place, draft) };
    const severity = draft.severity ?? this.check.severity;
    const confidence = draft.confidence ?? this.check.confidence;
    if (severityRank(severity) > severityRank(this.severity)) this.severity = severity;
    if (confidenceRank(confidence) > confidenceRank(this.confidence)) this.confidence = confidence;
  }

  #kept(place: Place, draft: Draft): Draft {
    return this.#framed ? draft : { ...draft, location: place.location };
  }

  get first(): Place {
    return this.#first.place;
  }

  get stable(): string {
    return this.#first.stable;
  }

  /** Whether another cause could be made that has the same `stable`. */
  get weak(): boolean {
    return this.#first.weak;
  }

  get shown(): Place {
    return this.#shown.place;
  }

  get draft(): Draft {
    return this.#shown.draft;
  }
}

const firstOf = (place: Place, { stable, weak }: Draft): First => ({ place, stable, weak: weak === true });

/** A draft as a place of its finding. */
export function placeOf(draft: Draft, suppression: Suppression | undefined): Place {
  const { path, startLine, startColumn, endLine, endColumn, origin } = draft.location;
  const location = { path, startLine, startColumn, endLine, endColumn, origin };
  return { location, moment: momentOf(location), added: draft.old !== true, suppression };
}
