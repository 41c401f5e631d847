/** A port on the loopback of the sandbox, and the Unix socket of the host that it leads to. */
export interface Listener {
  readonly port: number;
  readonly socket: string;
}

/** What the relay says, one JSON text a line on its standard output. */
export type RelayMessage =
  | { readonly kind: 'ready' }
  /** A name was asked for, and refused. */
  | { readonly kind: 'name'; readonly name: string };
