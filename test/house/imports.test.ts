/** Holds the import rule of the house: lower never imports higher, rooms of a layer do not meet, no cycles, one doorway a library. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..', '..');

/** Lowest first. */
const LAYERS: readonly (readonly string[])[] = [
  ['lib'],
  ['model', 'schema'],
  ['config', 'tsdb', 'promql', 'ingest', 'db', 'snmp', 'icmp'],
  ['store', 'probes', 'templates'],
  ['collector', 'fleet', 'discovery', 'rules', 'notify', 'auth', 'demo'],
  ['api'],
  ['app'],
  ['cli'],
  ['main'],
  ['executable'],
];

/** Rooms of one layer that may meet, and why. */
const NEIGHBOURS: readonly (readonly [string, string])[] = [
  // The snmp probe fetches what a template's poll plan asks for.
  ['probes', 'templates'],
  // Tables speak the vocabulary.
  ['schema', 'model'],
];

/** Each foreign library and the rooms that may import it. */
const DOORWAYS: Readonly<Record<string, readonly string[]>> = {
  '@hono/node-server': ['api', 'app'],
  '@lezer/common': ['promql'],
  '@lezer/lr': ['promql'],
  '@peculiar/x509': ['config'],
  '@prometheus-io/lezer-promql': ['promql'],
  argon2: ['auth'],
  'better-sqlite3': ['db'],
  croner: ['discovery', 'fleet'],
  'drizzle-orm': ['db', 'schema'],
  hono: ['api'],
  htm: ['web'],
  'ipaddr.js': ['lib'],
  koffi: ['icmp', 'lib'],
  'net-snmp': ['snmp'],
  nodemailer: ['notify'],
  pino: ['lib'],
  preact: ['web'],
  'reflect-metadata': ['config'],
  systeminformation: ['probes'],
  uplot: ['web/charts'],
  ws: ['api'],
  yaml: ['config', 'templates'],
  esbuild: ['web'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const statements = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm,
  );
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  const resolve = (target: string) =>
    target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target;
  return [
    ...[...statements].map((match) => ({
      from: file,
      to: resolve((match[2] ?? match[3])!),
      typeOnly: match[1] !== undefined,
    })),
    ...[...dynamic].map((match) => ({ from: file, to: resolve(match[1]!), typeOnly: false })),
  ];
}

const files = [...sources('src'), ...sources('web'), ...sources('schema')];
const imports = files.flatMap(importsOf);
const roomOf = (file: string): string => {
  const [top, room = ''] = file.split('/');
  return top === 'src' ? room.replace(/\.ts$/, '') : top!;
};
const layerOf = (room: string): number => LAYERS.findIndex((layer) => layer.includes(room));

test('every room of src has its layer', () => {
  const rooms = new Set(sources('src').map(roomOf));
  assert.deepEqual(
    [...rooms].filter((room) => layerOf(room) < 0),
    [],
  );
});

test('lower never imports higher, and rooms of one layer do not meet', () => {
  const broken = imports.filter(({ from, to }) => {
    if (!to.includes('/') || !/^(src|schema)\//.test(to) || !/^(src|schema)\//.test(from)) return false;
    const [a, b] = [roomOf(from), roomOf(to)];
    if (a === b || NEIGHBOURS.some(([x, y]) => x === a && y === b)) return false;
    return layerOf(b) >= layerOf(a);
  });
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('the web takes only types from the contract of the server', () => {
  const broken = imports.filter(
    ({ from, to, typeOnly }) =>
      from.startsWith('web/') && to.startsWith('src/') && !(to === 'src/api/contract.ts' && typeOnly),
  );
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('each foreign library has one doorway', () => {
  const broken = imports.filter(({ from, to }) => {
    const library = Object.keys(DOORWAYS).find((name) => to === name || to.startsWith(`${name}/`));
    if (!library) return false;
    return !DOORWAYS[library]!.some((room) =>
      room.includes('/') ? from.startsWith(`${room}/`) : roomOf(from) === room,
    );
  });
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('there are no import cycles', () => {
  const graph = new Map(
    files.map((file) => [file, imports.filter((entry) => entry.from === file && !entry.typeOnly).map(({ to }) => to)]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' > '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});
