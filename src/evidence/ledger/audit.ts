import { Refusal } from '#core/refusal.ts';
import { type SignedBy, type Trust, verifyBundle } from '../verify.ts';
import { type OpenedEntry, openEntry } from './entry.ts';
import { type LedgerReading, type ReadOptions, readLedger } from './read.ts';

/** Something that an audit found wrong. */
export interface Fault {
  /** The number of the entry; absent where it is the ledger as a whole. */
  readonly entry?: number;
  readonly code: string;
  readonly message: string;
  /** `refused`: the ledger was tampered with. `incomplete`: whether it was cannot be told. `warning`: only said. */
  readonly outcome: 'refused' | 'incomplete' | 'warning';
}

export interface Audit {
  /** Absent when it is no ledger that can be read. */
  readonly reading?: LedgerReading;
  readonly faults: readonly Fault[];
  /** How many entries each signer signed, by name. */
  readonly signers: ReadonlyMap<string, number>;
}

/**
 * Looks at everything in a ledger: that it is what its checkpoint signed and what was seen before, that every entry says
 * what its bundle says and was signed by somebody trusted at its time, that none comes twice and none is from the future.
 *
 * @throws SluiceError `ledger-not-found`
 */
export function auditLedger(folder: string, options: ReadOptions & { trust: Trust; now: Date }): Audit {
  const faults: Fault[] = [];
  const signers = new Map<string, number>();
  const visit = entryAuditor(options.trust, options.now, faults, signers);
  try {
    const reading = readLedger(folder, options, visit);
    if (reading.tail > 0) {
      const message = `${reading.tail} bytes follow the last entry: a write was interrupted; the next one removes them`;
      faults.push({ code: 'ledger-tail', message, outcome: 'warning' });
    }
    return { reading, faults, signers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { faults: [{ code: error.code, message: error.message, outcome: 'refused' }, ...faults], signers };
  }
}

const TOLERANCE_MS = 5 * 60_000;

function entryAuditor(
  trust: Trust,
  now: Date,
  faults: Fault[],
  signers: Map<string, number>,
): (index: number, line: Buffer) => void {
  const ids = new Set<string>();
  let latest = '';
  return (index, line) => {
    const add = (outcome: Fault['outcome'], code: string, message: string): void => {
      faults.push({ entry: index, code, message, outcome });
    };
    let opened: OpenedEntry;
    try {
      opened = openEntry(line);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      add('refused', error.code, error.message);
      return;
    }
    const { entry } = opened;
    if (ids.has(entry.id)) add('refused', 'statement-replayed', 'it is in the ledger already');
    ids.add(entry.id);
    if (entry.at < latest) add('warning', 'clock-went-back', `it is dated ${entry.at}, before the one above it`);
    if (Date.parse(entry.at) > now.getTime() + TOLERANCE_MS)
      add('warning', 'from-the-future', `it is dated ${entry.at}`);
    latest = entry.at > latest ? entry.at : latest;
    const signer = signerOf(opened, trust, add);
    if (signer !== undefined) signers.set(signer.name, (signers.get(signer.name) ?? 0) + 1);
  };
}

/** Reasons that say that we cannot tell, rather than that somebody lied. */
const UNTOLD: ReadonlySet<string> = new Set(['key-unknown', 'identity-unknown', 'root-missing']);

function signerOf(
  { entry, bundle }: OpenedEntry,
  trust: Trust,
  add: (outcome: Fault['outcome'], code: string, message: string) => void,
): SignedBy | undefined {
  try {
    return verifyBundle(bundle, trust, { time: new Date(entry.at) }).signer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    add(UNTOLD.has(error.code) ? 'incomplete' : 'refused', error.code, error.message);
    return undefined;
  }
}
