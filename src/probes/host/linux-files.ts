/** Reading the small files of /proc and /sys. They come from memory: reading them takes microseconds. */
import fs from 'node:fs';

/** Content without the line break at its end; undefined where the file is missing or not readable. */
export function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'latin1').trimEnd();
  } catch {
    // Which of these files exist differs from machine to machine; a missing one is an answer.
    return undefined;
  }
}

export function readNumber(file: string): number | undefined {
  const text = readText(file);
  return text === undefined || text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

export function readLines(file: string): string[] {
  return readText(file)?.split('\n') ?? [];
}

/** Names in a folder; none where it is missing. */
export function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
