/**
 * Files that ship with the product (web pages, templates, migrations, schemas). From sources they are read from the
 * project's folder; in the executable from the embedded archive that `build.ts` hands to `setAssetArchive`.
 */
import fs from 'node:fs';
import path from 'node:path';

export interface AssetArchive {
  readonly names: readonly string[];
  read(name: string): Uint8Array;
}

const root = path.resolve(import.meta.dirname, '..', '..');
let archive: AssetArchive | undefined;

/** Called once a thread by the executable's entry, before anything else. */
export function setAssetArchive(value: AssetArchive): void {
  archive = value;
}

/** Whether this is the single executable. */
export function isExecutable(): boolean {
  return archive !== undefined;
}

/** Bytes of a shipped file. `name` is relative to the project, with slashes. @throws Error when there is none */
export function readAsset(name: string): Uint8Array {
  return archive ? archive.read(name) : fs.readFileSync(path.join(root, name));
}

export function readTextAsset(name: string): string {
  return Buffer.from(readAsset(name)).toString('utf8');
}

/** Names of shipped files below `folder` (`templates/devices`), sorted. */
export function listAssets(folder: string): string[] {
  if (archive) return archive.names.filter((name) => name.startsWith(`${folder}/`)).sort();
  const start = path.join(root, folder);
  if (!fs.existsSync(start)) return [];
  return fs
    .readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}
