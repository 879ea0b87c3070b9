/** A recording of a device that a user names: read, or one clear line. */
import fs from 'node:fs';
import { fileProblem } from '../lib/file-problem.ts';
import { Recording } from '../templates/recording.ts';

/** @throws Error that names the file, what is wrong and what is needed */
export function readRecording(file: string): Recording {
  let bytes: Uint8Array;
  try {
    // A pipe or a device would be read for ever.
    const found = fs.statSync(file);
    if (found.isDirectory()) throw new Error('it is a folder: name one recording in it');
    if (!found.isFile()) throw new Error('it is not a file');
    bytes = fs.readFileSync(file);
  } catch (cause) {
    throw new Error(`${file}: ${fileProblem(cause)}.`, { cause });
  }
  if (bytes.length === 0) throw new Error(`${file}: the file is empty. ${FORMAT}`);
  const recording = new Recording(bytes);
  if (recording.size === 0) throw new Error(`${file}: this is not a recording. ${FORMAT}`);
  return recording;
}

const FORMAT = "Recordings are in snmpsim's format (.snmprec), one OID|type|value a line.";
