/**
 * The entry of the single executable, bundled by `build.ts`: connects the embedded archive (Node's SEA assets), the
 * bundled threads and the native add-ons to `lib/`, then runs the command line.
 */

import { setAssetArchive } from './lib/assets.ts';
import { openEmbeddedArchive } from './lib/embedded-archive.ts';
import { setBundledThreads } from './lib/thread.ts';
import { runProcess } from './main.ts';

const archive = openEmbeddedArchive();
setAssetArchive(archive);
// The bundles are ASCII: read like this they take one byte a character.
setBundledThreads((name) => Buffer.from(archive.read(`threads/${name}.cjs`)).toString('latin1'));
void runProcess();
