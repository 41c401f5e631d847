/** How to know that a release works. Times are milliseconds. */
export type HealthCheck = { readonly timeoutMs: number; readonly withinMs: number } & (
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly cwd: string }
);

/** Asks whether something on this machine works. */
export interface HealthProbe {
  /** Asks again and again; resolves to `undefined` as soon as it works, else to why it did not in time. */
  wait(check: HealthCheck): Promise<string | undefined>;
}

/** What stands before the processes of an environment and passes requests on to the live release. */
export interface Front {
  /**
   * Starts a release beside the live one, and passes requests on to it once it works; requests that the old one is answering are
   * answered. Resolves to why it did not work: then nothing has changed.
   */
  activate(release: string): Promise<string | undefined>;
  /** The release that requests go to; `undefined` where there is none, or no front. */
  release(): Promise<string | undefined>;
}

/** A program of the machine that manages what runs: `podman`, `kubectl`. */
export interface Program {
  /** Standard output. Rejects with a SluiceError `program-failed` whose message is the first line of standard error. */
  run(args: readonly string[], input?: string): Promise<string>;
}
