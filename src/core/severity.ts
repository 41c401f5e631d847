/**
 * How bad a finding is and how sure we are. Two separate questions, so two separate scales: a gate usually wants both.
 *
 * The order of each list is the order of the scale, lowest first.
 */

/** From "worth knowing" to "an attacker can use it now". */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `low`: it looks like one · `medium`: the context says so · `high`: the evidence proves it (a checksum, a parsed key). */
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** The place of a severity on its scale: 0 for `info` to 4 for `critical`. */
export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The place of a confidence on its scale: 0 for `low` to 2 for `high`. */
export const confidenceRank = (confidence: Confidence): number => CONFIDENCES.indexOf(confidence);
