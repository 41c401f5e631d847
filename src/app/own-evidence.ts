import { disk } from '#adapters/disk.ts';
import { type KeyStore, openKeyStore } from '#evidence/keys/key-store.ts';
import { type LedgerMemory, ledgerMemory } from '#evidence/ledger/memory.ts';
import { userFolder } from './home.ts';

/** The keys in the user's own folder, and those that the user trusts. */
export const ownKeys = (home = userFolder()): KeyStore => openKeyStore(home, disk);

/** The last state seen of each ledger, in the user's own folder. */
export const ownMemory = (home = userFolder()): LedgerMemory => ledgerMemory(home, disk);
