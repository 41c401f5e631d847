import { stringify } from 'yaml';
import type { RunLogEvent } from '#pipeline/run/record.ts';

/** The host has no address today: it was wanted all the same. What was refused for where it lies is not proposed. */
const UNKNOWN = 'no-address';
const USUAL_PORTS = new Set([80, 443]);

/** What a run reached or would have, as the `network` key of sluice.yaml: hosts by job, in order. */
export function proposalOf(workflow: string, events: readonly RunLogEvent[]): string {
  const jobs = new Map<string, Set<string>>();
  const file = workflow.slice(workflow.lastIndexOf('/') + 1);
  for (const event of events) {
    if (event.type !== 'seen' || event.seen['kind'] !== 'connection') continue;
    const { host, port, allowed, reason } = event.seen;
    if (allowed !== true && reason !== UNKNOWN) continue;
    if (typeof host !== 'string') continue;
    // The id of a job is its key up to the values of its matrix.
    const job = `${file}/${event.job.replace(/ \(.*\)$/, '')}`;
    const hosts = jobs.get(job) ?? new Set();
    hosts.add(typeof port === 'number' && !USUAL_PORTS.has(port) ? `${host}:${port}` : host);
    jobs.set(job, hosts);
  }
  const sorted = [...jobs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([job, hosts]) => [job, [...hosts].toSorted()]);
  return stringify({ network: { jobs: Object.fromEntries(sorted) } });
}
