import type { Edit, Finding, Fix, Suppression } from '#core/finding.ts';
import { severityRank } from '#core/severity.ts';
import { artifactLocation, messageText, placeOf } from './sarif-location.ts';
import { levelOf } from './sarif-rule.ts';
import { statements, suppressionText } from './wording.ts';

/** What GitHub code scanning accepts for one result. */
const MOST_PLACES = 999;
const MOST_STEPS = 10_000;

export function resultOf(finding: Finding, ruleIndex: number) {
  const { check, fingerprint, severity, confidence, location, suppression, secret, trace, fix } = finding;
  return {
    ruleId: check,
    ruleIndex,
    level: levelOf(severity),
    message: { text: messageText(statements(finding).join(' ')) },
    locations: [placeOf(location)],
    ...(finding.places.length === 0 ? {} : { relatedLocations: relatedLocations(finding) }),
    // The first is the one name that GitHub compares; ours is better than a hash of the line, for it survives moves.
    partialFingerprints: { primaryLocationLineHash: fingerprint, 'sluice/v1': fingerprint },
    ...(trace === undefined || trace.length === 0 ? {} : { codeFlows: codeFlows(trace) }),
    ...(fix === undefined || fix.edits.length === 0 ? {} : { fixes: [fixOf(fix)] }),
    // Empty rather than absent: absent would mean that nobody knows (3.27.23).
    suppressions: suppression === undefined ? [] : [suppressionOf(suppression)],
    baselineState: finding.isNew && suppression?.kind !== 'baseline' ? 'new' : 'unchanged',
    rank: severityRank(severity) * 25,
    properties: {
      severity,
      confidence,
      ...(secret === undefined ? {} : { secret }),
      ...(location.origin.kind === 'file' ? {} : { origin: location.origin }),
      ...(finding.places.length > MOST_PLACES ? { placesLeftOut: finding.places.length - MOST_PLACES } : {}),
    },
  };
}

const relatedLocations = (finding: Finding) =>
  finding.places.slice(0, MOST_PLACES).map((place, index) => ({ id: index + 1, ...placeOf(place, 'Also here') }));

const codeFlows = (trace: NonNullable<Finding['trace']>) => [
  {
    threadFlows: [
      { locations: trace.slice(0, MOST_STEPS).map((step) => ({ location: placeOf(step.location, step.message) })) },
    ],
  },
];

const fixOf = (fix: Fix) => ({
  description: { text: messageText(fix.description) },
  artifactChanges: [...Map.groupBy(fix.edits, ({ path }) => path)].map(([path, edits]) => ({
    artifactLocation: artifactLocation(path),
    replacements: edits.map(replacement),
  })),
});

const replacement = ({ startLine, startColumn, endLine, endColumn, text }: Edit) => ({
  deletedRegion: { startLine, startColumn, endLine, endColumn },
  insertedContent: { text },
});

function suppressionOf(suppression: Suppression) {
  const { kind, path, line } = suppression;
  return {
    kind: kind === 'inline' ? 'inSource' : 'external',
    status: 'accepted',
    justification: suppressionText(suppression),
    ...(path === undefined
      ? {}
      : {
          location: {
            physicalLocation: {
              artifactLocation: artifactLocation(path),
              ...(line === undefined ? {} : { region: { startLine: line } }),
            },
          },
        }),
  };
}
