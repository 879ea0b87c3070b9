import { readTextAsset } from './assets.ts';

/** Version of this build, as in package.json. */
export const VERSION: string = JSON.parse(readTextAsset('package.json')).version;
