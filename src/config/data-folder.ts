/** Where the data folder is, who may use it, and what is in it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isExecutable } from '../lib/assets.ts';
import { fileProblem } from '../lib/file-problem.ts';

const GIB = 1024 ** 3;

/** `telltale-data` beside the executable (the working folder from sources) if it can be written, else the platform's place. */
export function defaultDataFolder(): string {
  const beside = path.join(isExecutable() ? path.dirname(process.execPath) : process.cwd(), 'telltale-data');
  return canWrite(beside) ? beside : platformDataFolder();
}

function canWrite(folder: string): boolean {
  try {
    fs.accessSync(fs.existsSync(folder) ? folder : path.dirname(folder), fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function platformDataFolder(): string {
  const home = os.homedir() || os.tmpdir();
  if (process.platform === 'win32') return path.join(process.env.ProgramData ?? home, 'Telltale');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Telltale');
  return path.join(process.env.XDG_DATA_HOME || path.join(home, '.local', 'share'), 'telltale');
}

/** 10 GiB or a tenth of the disk that will hold `folder`, whichever is less. */
export function defaultDiskBudgetBytes(folder: string): number {
  let existing = path.resolve(folder);
  while (!fs.existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  const disk = fs.statfsSync(existing);
  return Math.floor(Math.min(10 * GIB, (disk.blocks * disk.bsize) / 10));
}

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly tsdb: string;
  readonly native: string;
  /** Programs that may be run as plugins. */
  readonly plugins: string;
  readonly tls: string;
  readonly logs: string;
  readonly secretKey: string;
  release(): void;
}

/** What the folder belongs to: `demo` never touches a real folder, nor the other way round. */
export type DataFolderRole = 'server' | 'demo';

/**
 * Makes the folder if need be, checks that it can be written and that it has the wanted role, and locks it for this process.
 * @throws DataFolderError
 */
export function openDataFolder(folder: string, role: DataFolderRole): DataFolder {
  const root = path.resolve(folder);
  try {
    makeFolder(root);
    if (!fs.statSync(root).isDirectory()) throw new Error('it is a file, and a folder is needed');
    fs.accessSync(root, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw new DataFolderError(
      `The data folder ${root} cannot be used: ${fileProblem(error)}. Choose another with --data.`,
      { cause: error },
    );
  }
  claimRole(root, role);
  const release = lock(root);
  const [database, tsdb] = [path.join(root, 'telltale.db'), path.join(root, 'tsdb')];
  if (!holdsAnything(database) && hasSamples(tsdb)) {
    release();
    throw new DataFolderError(
      `The data folder ${root} holds samples but no telltale.db, which says what they belong to. Restore it from a backup, or move ${tsdb} away to begin anew.`,
    );
  }
  return {
    path: root,
    database,
    tsdb,
    native: path.join(root, 'native'),
    plugins: path.join(root, 'plugins'),
    tls: path.join(root, 'tls'),
    logs: path.join(root, 'logs'),
    secretKey: path.join(root, 'secret.key'),
    release,
  };
}

const holdsAnything = (file: string): boolean => (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Whether there are segments: new devices would be given the numbers, and with them the history, of those that were. */
function hasSamples(folder: string): boolean {
  if (!fs.existsSync(folder)) return false;
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.seg'));
}

/**
 * Makes a folder and those above it, one at a time: where a file system says of a new folder that it does not exist (as
 * /proc does), Node's own recursive way tries again for ever.
 */
function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  fs.mkdirSync(folder, { mode: 0o700 });
}

function claimRole(root: string, role: DataFolderRole): void {
  const marker = path.join(root, 'role');
  const found = fs.existsSync(marker) ? fs.readFileSync(marker, 'utf8').trim() : undefined;
  if (found === role) return;
  const empty = fs.readdirSync(root).length === 0;
  if (found === undefined && (empty || (role === 'server' && fs.existsSync(path.join(root, 'telltale.db'))))) {
    fs.writeFileSync(marker, `${role}\n`, { mode: 0o600 });
    return;
  }
  if (found === undefined && role === 'server') {
    throw new DataFolderError(
      `The folder ${root} holds other files and no Telltale data. Choose an empty or new folder with --data.`,
    );
  }
  throw new DataFolderError(
    role === 'demo'
      ? `The folder ${root} is not a demo's data folder, so the demo leaves it alone. Choose an empty or new folder with --data.`
      : `The folder ${root} belongs to the role "${found}". Choose another with --data.`,
  );
}

/** One process a folder. A lock left by a process that is gone is taken over. */
function lock(root: string): () => void {
  const file = path.join(root, 'lock');
  const mine = `${file}.${process.pid}`;
  // Written before it gets its name, so that nobody ever reads half of it and takes it for a dead one's.
  fs.writeFileSync(mine, `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (named(mine, file)) return () => fs.rmSync(file, { force: true });
      const text = readIfThere(file);
      if (text === undefined) continue;
      const [pid = '', started = ''] = text.trim().split(' ');
      if (isRunning(Number(pid), started)) {
        throw new DataFolderError(
          `The data folder ${root} is in use by process ${pid}. Stop that process, or choose another folder with --data.`,
        );
      }
      takeAway(file, text);
    }
  } finally {
    fs.rmSync(mine, { force: true });
  }
  throw new DataFolderError(`The data folder ${root} could not be locked: several processes are starting at once.`);
}

/** Gives a file another name that nothing has yet. */
function named(file: string, name: string): boolean {
  try {
    fs.linkSync(file, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A memory stick's file system knows no links.
    try {
      fs.writeFileSync(name, fs.readFileSync(file), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (second) {
      if ((second as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw second;
    }
  }
}

/** Removes the lock that holds `text`, and not the new one of somebody who saw the same at the same time. */
function takeAway(file: string, text: string): void {
  const old = `${file}.${process.pid}.old`;
  try {
    fs.renameSync(file, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(old) !== text) named(old, file);
  fs.rmSync(old, { force: true });
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(pid: number, started: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // After a power cut another process may have the number: its start time tells them apart.
  const now = startTimeOf(pid);
  return now === undefined || started === '' || now === started;
}

/** Start time of a process in clock ticks since boot, with the boot it belongs to (Linux), else undefined. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return undefined;
  }
}
