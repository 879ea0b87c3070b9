/**
 * A folder whose programs may be run as plugins, and nothing else: what it names is resolved through all symbolic
 * links, must lie inside, and must not be writable by everybody. Looked at before each run, since files change.
 */
import fs from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

export type PluginFile =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refused'; readonly message: string };

export interface PlacedProgram {
  readonly file: string;
  /** Why it cannot be run; absent: it can. */
  readonly problem?: string;
}

/** What can be the name of a program: no path, nothing hidden, nothing that a shell would take apart. */
export const PROGRAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const MAX_LISTED = 500;
const WRITABLE_BY_ALL = 0o002;
const isWindows = process.platform === 'win32';

export class PluginFolder {
  readonly path: string;

  /** What people call it: its path, unless they have no business with that. */
  readonly told: string;
  /** Shortest path that nobody else may write: this folder's, or that of the one above which it belongs to. */
  readonly #guarded: string;

  /** Makes the folder if it is not there. */
  constructor(folder: string, below?: { readonly path: string; readonly told: string }) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = fs.realpathSync(folder);
    this.told = below?.told ?? this.path;
    this.#guarded = below && this.path.startsWith(below.path + path.sep) ? below.path : this.path;
  }

  /** The files that could be meant to be run, by name. */
  async list(): Promise<PlacedProgram[]> {
    const entries = await readdir(this.path, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && PROGRAM_NAME.test(entry.name));
    const names = files.map((entry) => entry.name).sort();
    return Promise.all(
      names.slice(0, MAX_LISTED).map(async (file) => {
        const found = await this.find(file);
        return found.kind === 'refused' ? { file, problem: found.message } : { file };
      }),
    );
  }

  /** The absolute path of a program, or why it is not run. */
  async find(name: string): Promise<PluginFile> {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
      return refused(`"${name}" is not a plain file name.`);
    }
    try {
      const file = await realpath(path.join(this.path, name));
      if (!file.startsWith(this.path + path.sep)) {
        return refused(`${name} leads out of the plugins folder ${this.told}: put the program itself there.`);
      }
      if (!(await stat(file)).isFile()) return refused(`${name} is not a file.`);
      const open = isWindows ? undefined : await this.#writableByAll(file);
      if (open) return refused(`${this.#toldOf(open)} can be written by everybody: take that right away (chmod o-w).`);
      await access(file, fs.constants.X_OK);
      return { kind: 'file', path: file };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return refused(`There is no file ${name} in the plugins folder ${this.told}.`);
      if (code === 'EACCES') return refused(`${name} may not be executed by Telltale: check its owner and mode.`);
      return refused(`${name} cannot be used: ${message}.`);
    }
  }

  /** The file itself or a folder between it and us: whoever may write a folder can exchange what is in it. */
  async #writableByAll(file: string): Promise<string | undefined> {
    for (let current = file; current.length >= this.#guarded.length; current = path.dirname(current)) {
      if ((await stat(current)).mode & WRITABLE_BY_ALL) return current;
    }
    return undefined;
  }

  #toldOf(found: string): string {
    const below = path.relative(this.path, found);
    if (below === '') return this.told;
    return below.startsWith('..') ? 'The folder above' : path.join(this.told, below);
  }
}

function refused(message: string): PluginFile {
  return { kind: 'refused', message };
}
