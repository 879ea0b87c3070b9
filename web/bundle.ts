/**
 * Bundles the web pages with esbuild: one script, one style sheet, the typeface, the icon and the page that loads them.
 * `build.ts` writes them to `web/dist/` for the executable; from sources the server asks for them in memory, on the
 * first page request.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

export interface BundleOptions {
  readonly minify: boolean;
}

/** File name to content: `index.html`, `app.js`, `app.css`, `icon.svg`, `inter.woff2`. */
export type WebFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const folder = import.meta.dirname;

/** Bundles into memory. @throws BuildFailure of esbuild, with file and line, when a source is wrong */
export async function buildWeb(options: BundleOptions): Promise<WebFiles> {
  const result = await build({
    entryPoints: { app: path.join(folder, 'main.ts') },
    outdir: path.join(folder, 'dist'),
    write: false,
    bundle: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    minify: options.minify,
    sourcemap: options.minify ? false : 'inline',
    legalComments: options.minify ? 'none' : 'inline',
    loader: { '.woff2': 'file' },
    assetNames: 'inter',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of result.outputFiles) files.set(path.basename(file.path), Uint8Array.from(file.contents));
  files.set('icon.svg', Uint8Array.from(fs.readFileSync(path.join(folder, 'icon.svg'))));
  files.set('index.html', new TextEncoder().encode(page(files)));
  return files;
}

/** Bundles into a folder, which is made if it is missing. */
export async function bundleWeb(outDir: string, options: BundleOptions): Promise<void> {
  const files = await buildWeb(options);
  fs.mkdirSync(outDir, { recursive: true });
  for (const [name, content] of files) fs.writeFileSync(path.join(outDir, name), content);
}

/** The page names its files with a hash, so that browsers may keep them for ever and still get a new version at once. */
function page(files: WebFiles): string {
  const versioned = (name: string): string => {
    const hash = createHash('sha256')
      .update(files.get(name) ?? '')
      .digest('hex');
    return `/${name}?v=${hash.slice(0, 12)}`;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#12171d">
<title>Telltale</title>
<link rel="icon" type="image/svg+xml" href="${versioned('icon.svg')}">
<link rel="stylesheet" href="${versioned('app.css')}">
<script type="module" src="${versioned('app.js')}"></script>
</head>
<body>
<div id="app"></div>
<noscript>Telltale needs JavaScript to show its pages.</noscript>
</body>
</html>
`;
}
