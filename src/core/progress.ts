/** How far a long work is. `total` is undefined while it is not known. */
export interface ProgressEvent {
  /** What is being done, as a person would say it: "reading files", "walking history". */
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
}

export type Progress = (event: ProgressEvent) => void;
