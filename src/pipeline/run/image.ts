/** An unpacked image. A bare root tells neither what it is nor how it is run. */
export interface RunImage {
  readonly root: string;
  readonly digest?: string;
  readonly config?: {
    readonly env: Readonly<Record<string, string>>;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
    readonly workdir: string;
  };
}
