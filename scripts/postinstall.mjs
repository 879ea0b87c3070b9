// Builds the one native add-on that ships no binary (raw-socket) against the headers of the pinned Node.
// It never fails the install: without the add-on ICMP takes another way (see src/icmp/).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const rawSocket = path.join(root, 'node_modules', 'raw-socket');
const addon = path.join(rawSocket, 'build', 'Release', 'raw.node');
const runtime = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`);
const skip = (why) => {
  console.log(`raw-socket was not built (${why}); ping will use another way.`);
  process.exit(0);
};

if (!fs.existsSync(rawSocket)) skip('not installed');
if (process.platform !== 'linux') skip('only needed on Linux');
if (!fs.existsSync(path.join(runtime, 'include', 'node', 'node.h'))) skip('the Node headers are missing');

const stamp = path.join(rawSocket, 'build', '.built-for');
const wanted = JSON.parse(fs.readFileSync(path.join(runtime, 'package.json'), 'utf8')).version;
if (fs.existsSync(addon) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) process.exit(0);

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const built = spawnSync(process.execPath, [nodeGyp, 'rebuild', `--nodedir=${runtime}`], {
  cwd: rawSocket,
  env,
  encoding: 'utf8',
});
if (built.status !== 0) skip(`the compiler said: ${(built.stderr ?? String(built.error)).trim().split('\n').at(-1)}`);
fs.writeFileSync(stamp, wanted);
