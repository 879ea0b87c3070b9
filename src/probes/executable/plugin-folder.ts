/**
 * The folder whose programs may be run as plugins, and nothing else: what it names is resolved through all symbolic
 * links, must lie inside, and must not be writable by everybody. Looked at before each run, since files change.
 */
import fs from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

export type PluginFile =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refused'; readonly message: string };

const WRITABLE_BY_ALL = 0o002;
const isWindows = process.platform === 'win32';

export class PluginFolder {
  readonly path: string;

  /** Makes the folder if it is not there. */
  constructor(folder: string) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = fs.realpathSync(folder);
  }

  /** The absolute path of a program, or why it is not run. */
  async find(name: string): Promise<PluginFile> {
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
      return refused(`"${name}" is not a plain file name.`);
    }
    try {
      const file = await realpath(path.join(this.path, name));
      if (!file.startsWith(this.path + path.sep)) {
        return refused(`${name} leads out of the plugins folder ${this.path}: put the program itself there.`);
      }
      if (!(await stat(file)).isFile()) return refused(`${name} is not a file.`);
      const open = isWindows ? undefined : await this.#writableByAll(file);
      if (open) return refused(`${open} can be written by everybody: take that right away (chmod o-w).`);
      await access(file, fs.constants.X_OK);
      return { kind: 'file', path: file };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return refused(`There is no file ${name} in the plugins folder ${this.path}.`);
      if (code === 'EACCES') return refused(`${name} may not be executed by Telltale: check its owner and mode.`);
      return refused(`${name} cannot be used: ${message}.`);
    }
  }

  /** The file itself or a folder between it and us: whoever may write a folder can exchange what is in it. */
  async #writableByAll(file: string): Promise<string | undefined> {
    for (let current = file; current.length >= this.path.length; current = path.dirname(current)) {
      if ((await stat(current)).mode & WRITABLE_BY_ALL) return current;
    }
    return undefined;
  }
}

function refused(message: string): PluginFile {
  return { kind: 'refused', message };
}
