/**
 * `npm run build` writes `dist/telltale`: one esbuild bundle a thread, the shipped files and the native add-ons, put into
 * the pinned Node binary by @yao-pkg/pkg (`--sea`). Nothing is downloaded: Node comes from the npm package of the platform.
 *
 *   node build.ts [--target linux-x64|linux-arm64|win32-x64]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild, { type Plugin } from 'esbuild';
import { THREADS } from './src/lib/thread.ts';
import { COMPILED_ASSET, compileTemplates } from './src/templates/library.ts';
import { bundleWeb } from './web/bundle.ts';

const root = import.meta.dirname;
const cache = path.join(root, 'build-cache');
const require = createRequire(import.meta.url);

const { values } = parseArgs({ options: { target: { type: 'string' } } });
const target = values.target ?? `${process.platform}-${process.arch}`;
const [platform = '', arch = ''] = target.split('-');

/** Native add-ons of the target, by the name under which bundled code loads them. */
const ADDONS: Readonly<Record<string, string>> = {
  'better-sqlite3': `better-sqlite3/prebuilds/${target}.node`,
  argon2: `argon2/prebuilds/${target}/argon2.${arch === 'arm64' ? 'armv8.' : ''}glibc.node`,
  koffi: `@koromix/koffi-${target}/${platform}_${arch}/koffi.node`,
};

const addons = new Map<string, string>();
for (const [name, file] of Object.entries(ADDONS)) {
  const found = path.join(root, 'node_modules', file);
  if (fs.existsSync(found)) addons.set(name, found);
  else throw new Error(`The native add-on ${file} for ${target} is missing: run npm ci.`);
}

/** Points every way in which the libraries look for their add-on to the embedded one. */
const nativeAddons: Plugin = {
  name: 'native-addons',
  setup(build) {
    const loader = path.join(root, 'src', 'lib', 'native.ts');
    const found = (name: string) => ({ path: name, namespace: 'native-addon' });
    build.onResolve({ filter: /^better-sqlite3$/ }, () => ({
      path: path.join(root, 'node_modules', 'better-sqlite3', 'lib', `${target}.js`),
    }));
    build.onResolve({ filter: /prebuilds\/.*\.node$/ }, () => found('better-sqlite3'));
    build.onResolve({ filter: /^node-gyp-build$/ }, () => found('argon2'));
    build.onResolve({ filter: /^koffi$/ }, () => ({ path: path.join(root, 'node_modules/koffi/src/koffi/index.cjs') }));
    build.onResolve({ filter: /^\.\/src\/static\.cjs$/ }, () => found('koffi'));
    build.onLoad({ filter: /.*/, namespace: 'native-addon' }, ({ path: name }) => {
      const load = `load(${JSON.stringify(name)})`;
      const value = { argon2: `() => ${load}`, koffi: `{ loadStatic: () => ${load} }` }[name] ?? load;
      return {
        contents: `const { loadNativeAddon: load } = require(${JSON.stringify(loader)}); module.exports = ${value};`,
        resolveDir: root,
      };
    });
  },
};

/** zod brings its messages in some fifty languages; ours are its English ones. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

async function bundle(entry: string, outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    // The bundles are evaluated from their text, where there is no `import()`.
    supported: { 'dynamic-import': false },
    plugins: [nativeAddons, englishOnly],
    // An evaluated worker has no file name of its own: everything in the executable lives at its path.
    define: {
      __filename: 'process.execPath',
      __dirname: 'executableFolder',
      'import.meta.dirname': 'executableFolder',
      'import.meta.url': 'executableUrl',
      'import.meta.main': 'false',
    },
    banner: {
      js: `const executableUrl = require('node:url').pathToFileURL(process.execPath).href, executableFolder = require('node:path').dirname(process.execPath);`,
    },
    // Optional accelerators and other drivers that libraries probe for; none of them is used.
    external: ['pino-pretty', 'bufferutil', 'utf-8-validate'],
  });
  // Bundles are read a byte a character. What esbuild leaves as it is stands in regular expressions, which know the escape.
  const source = fs.readFileSync(outfile, 'utf8');
  const escaped = (text: string) => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`;
  fs.writeFileSync(outfile, source.replace(/[^\0-\x7f]/g, escaped));
}

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

fs.rmSync(cache, { recursive: true, force: true });
fs.mkdirSync(cache, { recursive: true });
fs.mkdirSync(path.join(root, 'dist'), { recursive: true });

/** Asset name to the file that holds its bytes. */
const assets: Record<string, string> = {};

for (const [name, entry] of Object.entries(THREADS)) {
  const file = path.join(cache, `thread-${name}.cjs`);
  // A thread needs the archive too: its entry is the thread's module behind the same connection.
  const shim = path.join(cache, `thread-${name}.ts`);
  fs.writeFileSync(
    shim,
    `import { setAssetArchive } from '../src/lib/assets.ts';
import { openEmbeddedArchive } from '../src/lib/embedded-archive.ts';
setAssetArchive(openEmbeddedArchive());
void import('../${entry}');
`,
  );
  await bundle(shim, file);
  assets[`threads/${name}.cjs`] = file;
}
assets['main.cjs'] = path.join(cache, 'main.cjs');
await bundle(path.join(root, 'src', 'executable.ts'), assets['main.cjs']!);
// Node would keep the program as a string of two bytes a character. It is ASCII: this makes it one of one byte.
// The path of this script stands in stack traces: a neutral one, not the build machine's.
const neutral = path.join(os.tmpdir(), 'telltale-build');
fs.mkdirSync(neutral, { recursive: true });
const main = path.join(neutral, 'start.cjs');
fs.writeFileSync(
  main,
  `const source = Buffer.from(require('node:sea').getRawAsset('main.cjs')).latin1Slice();
const { Script } = require('node:vm');
new Script('(function (require) {' + source + '\\n})', { filename: 'telltale/main.cjs' }).runInThisContext()(require);
`,
);

const web = path.join(cache, 'web');
await bundleWeb(web, { minify: true });
for (const name of fs.readdirSync(web)) assets[`web/dist/${name}`] = path.join(web, name);
for (const name of ['templates', 'schema'].flatMap(filesBelow)) {
  if (!name.endsWith('.ts') && !name.endsWith('.md')) assets[name] = path.join(root, name);
}
for (const name of ['package.json', 'LICENSE']) assets[name] = path.join(root, name);
const addonFiles: Record<string, string> = {};
for (const [name, file] of addons) {
  assets[`native/${name}`] = file;
  addonFiles[name] = `${createHash('sha256').update(fs.readFileSync(file)).digest('hex').slice(0, 24)}.node`;
}
const write = (name: string, value: unknown) => {
  assets[name] = path.join(cache, path.basename(name));
  fs.writeFileSync(assets[name]!, JSON.stringify(value));
};
write('native/files.json', addonFiles);
assets[COMPILED_ASSET] = path.join(cache, 'templates.json');
fs.writeFileSync(assets[COMPILED_ASSET], await compileTemplates());
write('index.json', Object.keys(assets));

const runtime = path.join(cache, platform === 'win32' ? 'node.exe' : 'node');
const installed = `node-${platform === 'win32' ? 'win' : platform}-${arch}/bin/node${platform === 'win32' ? '.exe' : ''}`;
fs.copyFileSync(path.join(root, 'node_modules', installed), runtime);
if (platform === 'linux') spawnSync('strip', [runtime]);

// `pkg --sea FILE` cannot pass assets on, the function behind it can.
const { default: sea } = require('@yao-pkg/pkg/lib-es5/sea.js');
const output = path.join(
  root,
  'dist',
  `telltale${target === `${process.platform}-${process.arch}` ? '' : `-${target}`}${platform === 'win32' ? '.exe' : ''}`,
);
// A running executable cannot be written over, only replaced; and a build that fails leaves none that looks like new.
fs.rmSync(output, { force: true });
await sea(main, {
  nodePath: runtime,
  targets: [
    { nodeRange: `node${process.versions.node}`, platform: platform === 'win32' ? 'win' : platform, arch, output },
  ],
  // Most of what lives long is outside of V8's heaps: a larger nursery would only add tens of megabytes to each thread.
  seaConfig: {
    assets,
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    useSnapshot: false,
    execArgv: ['--max-semi-space-size=8'],
  },
});
fs.chmodSync(output, 0o755);
console.log(`${path.relative(root, output)}: ${(fs.statSync(output).size / 2 ** 20).toFixed(1)} MiB`);
