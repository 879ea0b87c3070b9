// Bundles the web pages to web/dist/, from where the server reads them when it runs from sources.
import path from 'node:path';
import { bundleWeb } from '../web/bundle.ts';

await bundleWeb(path.join(import.meta.dirname, '..', 'web', 'dist'), { minify: !process.argv.includes('--debug') });
