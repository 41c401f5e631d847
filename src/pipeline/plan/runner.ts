/** The machine that would run the jobs. */
export interface Machine {
  readonly arch: 'x64' | 'arm64';
  /** Whether an image is here, which can hold a job or a step; nothing runs one beside a job. */
  hasImage(image: string): boolean;
  /** Whether a program is there (`pwsh`). */
  has(program: string): boolean;
}

export interface LabelAnswer {
  readonly severity: 'fits' | 'degrades' | 'blocks';
  readonly reason: string;
}

const FITS: LabelAnswer = { severity: 'fits', reason: '' };
const PLATFORM = /^ubuntu-(?:latest|slim|\d\d\.\d\d)(-arm)?$/;
const COMMON = new Set(['self-hosted', 'linux', 'ubuntu-latest']);

/** Whether a label of `runs-on` means a machine like this one. */
export function labelAnswer(label: string, { arch }: Machine): LabelAnswer {
  const lower = label.toLowerCase();
  if (/(?:^|[-_./])(?:windows|win\d*)(?:$|[-_.])/.test(lower)) return blocks('it needs Windows');
  if (/(?:^|[-_./])(?:macos|mac|osx|darwin|xcode)(?:$|[-_.\d])/.test(lower)) return blocks('it needs macOS');
  const asked = archOf(lower);
  if (asked !== undefined && asked !== arch)
    return blocks(`it needs a processor of the kind ${asked}, and this is ${arch}`);
  if (COMMON.has(lower) || PLATFORM.test(lower) || lower === 'x64' || lower === 'arm64') return FITS;
  return { severity: 'degrades', reason: 'nobody here knows this label; the job runs on this machine as it is' };
}

const blocks = (reason: string): LabelAnswer => ({ severity: 'blocks', reason });

function archOf(label: string): Machine['arch'] | undefined {
  if (/(?:^|[-_])(?:arm|arm64|aarch64)(?:$|[-_])/.test(label)) return 'arm64';
  return PLATFORM.test(label) || /(?:^|[-_])(?:x64|x86_64|amd64)(?:$|[-_])/.test(label) ? 'x64' : undefined;
}
