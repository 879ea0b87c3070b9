/** Why a file or folder cannot be used, for people: the system's own short words say little to most. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, and a file is needed',
  ENOTDIR: 'a part of this path is a file where a folder is needed',
  EEXIST: 'a file of this name stands where a folder is needed: move it away',
  EACCES: 'this user has no right to it: look at its owner and mode',
  EPERM: 'this user has no right to it: look at its owner and mode',
  EROFS: 'it lies on a disk that cannot be written',
  ENOSPC: 'the disk is full: make room',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  EBUSY: 'another program holds it',
};

/** The end of a sentence that begins with the path. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code ?? ''] ?? message;
}

/** The whole sentence of a failure of the file system that nobody foresaw; undefined for all other errors. */
export function fileSentence(message: string): string | undefined {
  const [, code, path] = /^([A-Z0-9]+): .+, \w+ '([^']+)'/.exec(message) ?? [];
  const problem = code === undefined ? undefined : PROBLEMS[code];
  return problem === undefined ? undefined : `${path}: ${problem}.`;
}
