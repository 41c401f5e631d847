/**
 * A small HTTP service for the jobs of a pipeline. Rooms write the handler; an adapter hosts it on a Unix socket, which
 * a sandbox shows to its job as a port of its own loopback.
 */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case; of a header sent twice, the last. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end or left; never held in memory by the host. */
  readonly body: AsyncIterable<Buffer>;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Buffer>;
}

export type ServiceHandler = (request: ServiceRequest) => Promise<ServiceAnswer>;

export interface ServiceHost {
  /** Listens on a new Unix socket at this path until closed. The folder exists and is the caller's. */
  listen(socket: string, handler: ServiceHandler): Promise<{ close(): Promise<void> }>;
}
