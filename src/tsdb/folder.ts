/** The engine's folder: its parts, and the version of its format. */
import path from 'node:path';
import type { Disk } from '../lib/disk.ts';
import { FolderError } from './engine-errors.ts';

export const FORMAT_VERSION = 1;
const VERSION_FILE = 'format.json';

/** Folder of each tier, by its width. */
export const TIER_FOLDERS = { 0: 'raw', 300000: '5m', 3600000: '1h' } as const;

/** Makes what is missing. @throws FolderError when the format is newer than ours or cannot be read */
export function openFolder(disk: Disk, folder: string): void {
  for (const part of ['', 'wal', ...Object.values(TIER_FOLDERS)]) disk.makeFolder(path.join(folder, part));
  const file = path.join(folder, VERSION_FILE);
  if (!disk.exists(file)) {
    writeSmallFile(disk, file, `${JSON.stringify({ format: FORMAT_VERSION })}\n`);
    return;
  }
  checkFormat(disk, folder);
}

/** @throws FolderError when the format is newer than ours or cannot be read */
export function checkFormat(disk: Disk, folder: string): void {
  const file = path.join(folder, VERSION_FILE);
  if (!disk.exists(file)) throw new FolderError(`${folder} holds no metrics: ${file} is missing`);
  const version = readVersion(readSmallFile(disk, file).toString('utf8'));
  if (version === undefined) throw new FolderError(`${file} is not readable: restore it, or move the folder away`);
  if (version > FORMAT_VERSION) {
    throw new FolderError(
      `${folder} has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of the program`,
    );
  }
}

function readVersion(text: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const version = (parsed as { format?: unknown } | null)?.format;
    return Number.isInteger(version) ? (version as number) : undefined;
  } catch {
    return undefined;
  }
}

export function readSmallFile(disk: Disk, file: string): Buffer {
  const handle = disk.open(file, 'read');
  try {
    const bytes = Buffer.alloc(handle.size());
    return bytes.subarray(0, handle.read(bytes, 0));
  } finally {
    handle.close();
  }
}

/** Writes a file as a whole or not at all. */
export function writeSmallFile(disk: Disk, file: string, text: string): void {
  const temporary = `${file}.tmp`;
  if (disk.exists(temporary)) disk.remove(temporary);
  const handle = disk.open(temporary, 'create');
  try {
    handle.write(Buffer.from(text, 'utf8'), 0);
    handle.fsync();
  } finally {
    handle.close();
  }
  disk.rename(temporary, file);
  disk.fsyncFolder(path.dirname(file));
}
