/** The files inside the single executable: Node's SEA assets, listed in the asset `index.json`. Works in every thread. */
import sea from 'node:sea';
import type { AssetArchive } from './assets.ts';

/** @throws Error outside the executable */
export function openEmbeddedArchive(): AssetArchive {
  const names: readonly string[] = JSON.parse(sea.getAsset('index.json', 'utf8'));
  const known = new Set(names);
  return {
    names,
    read(name) {
      if (!known.has(name)) throw new Error(`The executable holds no file ${name}.`);
      return new Uint8Array(sea.getRawAsset(name) as ArrayBuffer);
    },
  };
}
