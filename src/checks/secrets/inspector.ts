import type { Artifact } from '#core/artifact.ts';
import type { CheckId, Hit, InspectionSink, Inspector } from '#core/check.ts';
import { plain, Secret, type Span } from '#core/secret.ts';
import type { Text } from '#core/text.ts';
import { anchorOf, pathAnchor } from './identity.ts';
import { type Detection, type SetRule, takesPlace } from './match/detection.ts';
import { matches } from './match/expression.ts';
import type { RuleSet } from './rule.ts';
import { DECODE_ROUNDS, SecretScanner } from './scan.ts';
import { confidenceOf, proofOf, samePlace, settle } from './settle.ts';

export const checkId = (rule: string): CheckId => `secrets/${rule}`;

const UNDECODED = `Not all of it was decoded: it is encoded more than ${DECODE_ROUNDS} times over, or in too many parts.`;

/** One pass over an artifact for every secret rule. */
export class SecretsInspector implements Inspector {
  readonly #sets: readonly RuleSet[];
  readonly #aboutPaths: readonly SetRule[];
  #scanner: SecretScanner | undefined;
  #asked: string | undefined;
  #wanted = false;

  constructor(sets: readonly RuleSet[]) {
    this.#sets = sets;
    this.#aboutPaths = sets.flatMap((set) =>
      set.rules
        .filter((rule) => rule.regex === undefined && rule.path !== undefined && !rule.skipReport)
        .map((rule) => ({ ...rule, set })),
    );
  }

  /** Made for the first text: a thread that only lists files, or finds all of them in the cache, needs none. */
  get scanner(): SecretScanner {
    this.#scanner ??= new SecretScanner(this.#sets);
    return this.#scanner;
  }

  /** Unless every configuration lets the path through whatever stands there. */
  wants(path: string): boolean {
    // It is asked before a file is read, and again when it was.
    if (path !== this.#asked) {
      this.#asked = path;
      this.#wanted = this.#sets.some(
        ({ allowlists }) => !allowlists.some((list) => list.condition === 'any' && matches(list.paths, path)),
      );
    }
    return this.#wanted;
  }

  inspect(artifact: Artifact, sink: InspectionSink): void {
    const { path, text, origin } = artifact;
    const commit = origin.kind === 'commit' ? origin.commit : undefined;
    for (const rule of this.#aboutPaths) if (takesPlace(rule, path, commit)) sink.hit(pathHit(rule, path));
    if (text === undefined || text.bytes.length === 0) return;
    const all = this.scanner.all(text, { path, commit });
    this.#tellWhoGaveUp(path, sink);
    this.#tellUndecoded(path, sink);
    if (all.length === 0) return;
    const hidden = all.map(({ secret }) => secret);
    for (const detection of settle(all)) sink.hit(hitOf(detection, text, all, hidden));
  }

  #tellUndecoded(path: string, sink: InspectionSink): void {
    if (!this.scanner.undecoded) return;
    this.scanner.undecoded = false;
    sink.problem({ code: 'encoded-too-deep', message: UNDECODED, path });
  }

  #tellWhoGaveUp(path: string, sink: InspectionSink): void {
    const { gaveUp } = this.scanner.detector;
    for (const matcher of gaveUp) {
      gaveUp.delete(matcher);
      matcher.gaveUp = false;
      const check = checkId(matcher.rule.id);
      const message = `${check} could not read all of this text: its pattern ran out of memory there.`;
      sink.problem({ code: 'check-failed', message, path, check });
    }
  }
}

function pathHit(rule: SetRule, path: string): Hit {
  const check = checkId(rule.id);
  return { check, span: { start: 0, end: 0 }, anchor: pathAnchor(check, path) };
}

/** A detection as the engine takes it: what may be said of the secret, and its identity. */
function hitOf(detection: Detection, text: Text, all: readonly Detection[], hidden: readonly Span[]): Hit {
  const { rule, secret, value, weighed } = detection;
  const check = checkId(rule.id);
  const proof = proofOf(detection);
  const same = all.filter((other) => samePlace(other, detection)).map((other) => other.secret);
  return {
    check,
    span: secret,
    ...(proof?.outcome === 'refuted' ? { message: plain(`${rule.title}, but ${proof.statement}`) } : {}),
    confidence: confidenceOf(detection),
    anchor: anchorOf(check, value, text.string, secret, hidden),
    secret: {
      masked: new Secret(value).masked,
      proofs: [...(proof?.outcome === 'proven' ? [proof.statement] : []), ...(weighed?.reasons ?? [])],
    },
    mask: [secret, ...same],
  };
}
