/** What the real platform refuses in the name of an artifact, and in the path of a file in one: no file system likes it. */
const IN_NAME = /["*/:<>?\\|\r\n\0]/;
const IN_PATH = /["*:<>?|\r\n\0\\]/;
const LONGEST_NAME = 200;
const LONGEST_PATH = 4_096;

/** Why a name cannot be that of an artifact; `undefined` where it can. */
export function objectionToName(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'The name of an artifact is empty or a folder.';
  if (Buffer.byteLength(name) > LONGEST_NAME) return `The name of an artifact is longer than ${LONGEST_NAME} bytes.`;
  if (IN_NAME.test(name)) return 'The name of an artifact holds one of " : < > | * ? \\ / or a line break.';
  return undefined;
}

/** Whether a path of a file in an artifact stays below its folder, wherever it is unpacked. */
export const isInnerPath = (path: string): boolean =>
  path !== '' &&
  path.length <= LONGEST_PATH &&
  !IN_PATH.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
