/**
 * Native add-ons inside the single executable. `build.ts` embeds each `.node` file and rewrites its `require` to
 * `loadNativeAddon(name)`; on first use the file is written once, under a name made of its hash, to a private folder and
 * loaded from there. From sources this module is not used: `require` finds the files in node_modules.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readAsset, readTextAsset } from './assets.ts';

let folder: string | undefined;

/** Says where add-ons are unpacked (`native/` in the data folder). Call it in every thread before the first use. */
export function setNativeFolder(path: string): void {
  folder = path;
}

/** Loads an embedded add-on; called by bundled code only. @throws Error when the folder cannot be written */
export function loadNativeAddon(name: string): unknown {
  const files: Readonly<Record<string, string>> = JSON.parse(readTextAsset('native/files.json'));
  const bytes = readAsset(`native/${name}`);
  const home = folder ?? path.join(os.tmpdir(), `telltale-native-${process.getuid?.() ?? 'user'}`);
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = path.join(home, files[name]!);
  if (!fs.existsSync(file) || fs.statSync(file).size !== bytes.length) {
    const temporary = `${file}.${randomBytes(6).toString('hex')}`;
    fs.writeFileSync(temporary, bytes, { mode: 0o700 });
    fs.renameSync(temporary, file);
  }
  const target = { exports: {} };
  process.dlopen(target, file);
  return target.exports;
}
