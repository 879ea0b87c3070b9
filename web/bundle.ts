/**
 * Bundles the web pages with esbuild: the script (charts apart, they come when they are needed), one style sheet, the
 * typeface, the icon and the page that loads them. A name changes with the content, so browsers may keep files for ever.
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

/** File name to content: `index.html`, and scripts, style sheet, typeface and icon with a hash in their names. */
export type WebFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const folder = import.meta.dirname;

/** Bundles into memory. @throws BuildFailure of esbuild, with file and line, when a source is wrong */
export async function buildWeb(options: BundleOptions): Promise<WebFiles> {
  const result = await build({
    entryPoints: { app: path.join(folder, 'main.ts') },
    outdir: path.join(folder, 'dist'),
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    minify: options.minify,
    sourcemap: options.minify ? false : 'inline',
    legalComments: options.minify ? 'none' : 'inline',
    loader: { '.woff2': 'file' },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    logLevel: 'silent',
  });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of result.outputFiles) files.set(path.basename(file.path), Uint8Array.from(file.contents));
  const icon = Uint8Array.from(fs.readFileSync(path.join(folder, 'icon.svg')));
  files.set(`icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase()}.svg`, icon);
  files.set('licences.txt', new TextEncoder().encode(licences()));
  files.set('index.html', new TextEncoder().encode(page([...files.keys()])));
  return files;
}

/** Bundles into a folder, in place of all that it held. */
export async function bundleWeb(outDir: string, options: BundleOptions): Promise<void> {
  const files = await buildWeb(options);
  fs.rmSync(outDir, { recursive: true, force: true });
  fs.mkdirSync(outDir, { recursive: true });
  for (const [name, content] of files) fs.writeFileSync(path.join(outDir, name), content);
}

/** What the pages are made with, and the terms of each. */
function licences(): string {
  const packages = ['preact', 'htm', 'uplot', '@fontsource-variable/inter'];
  const read = (name: string) => fs.readFileSync(path.join(folder, '..', 'node_modules', name, 'LICENSE'), 'utf8');
  return packages.map((name) => `${name}\n${'='.repeat(name.length)}\n\n${read(name).trim()}\n`).join('\n\n');
}

/** The page that loads the others. It is never kept by browsers, and so a new version is seen at once. */
function page(names: readonly string[]): string {
  const named = (pattern: RegExp): string => `/${names.find((name) => pattern.test(name)) ?? ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#12171d">
<title>Telltale</title>
<link rel="icon" type="image/svg+xml" href="${named(/^icon-/)}">
<link rel="stylesheet" href="${named(/^app-\w+\.css$/)}">
<script type="module" src="${named(/^app-\w+\.js$/)}"></script>
</head>
<body>
<div id="app"></div>
<noscript>Telltale needs JavaScript to show its pages.</noscript>
</body>
</html>
`;
}
