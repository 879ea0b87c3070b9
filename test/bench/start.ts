/**
 * `npm run bench:start`: the executable from start to its first 200, its memory when idle, and the size of the first page.
 * Goals: 600 ms, 200 MB, 150 KB.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { executable, startServer, temporaryFolder } from '../support/executable.ts';

const RUNS = 5;
const IDLE_S = 30;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const memoryOf = (pid: number, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]) / 1024;

if (!fs.existsSync(executable)) {
  console.error('Build the executable first: npm run build');
  process.exit(1);
}
const folder = temporaryFolder();
const first: number[] = [];
const again: number[] = [];
for (let i = 0; i <= RUNS; i++) {
  const home = path.join(folder, String(i));
  fs.mkdirSync(home);
  for (const times of [first, again]) {
    const start = performance.now();
    const server = await startServer(home, { env: { TELLTALE_LOG_LEVEL: 'warn' } });
    if (i > 0) times.push(performance.now() - start);
    await server.peer.stop();
  }
}
const server = await startServer(folder, { env: { TELLTALE_ADMIN_PASSWORD: 'bench-password-1234567890' } });
await pause(IDLE_S * 1000);
const pid = server.peer.process.pid!;
const figures = {
  executable_mib: +(fs.statSync(executable).size / 2 ** 20).toFixed(1),
  first_start_to_200_ms: Math.round(median(first)),
  start_to_200_ms: Math.round(median(again)),
  idle_after_s: IDLE_S,
  idle_rss_mib: Math.round(memoryOf(pid, 'Rss')),
  idle_private_mib: Math.round(memoryOf(pid, 'Private_Clean') + memoryOf(pid, 'Private_Dirty')),
  first_page_kib: +((await firstPageBytes(server.url)) / 1024).toFixed(1),
};
await server.peer.stop();
fs.rmSync(folder, { recursive: true });
console.log(JSON.stringify(figures, null, 1));

/** Bytes on the wire for the page and what it loads, as a browser asks for them. */
async function firstPageBytes(url: string): Promise<number> {
  const page = await download(`${url}/`);
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => new URL(match[1]!, `${url}/`).href);
  let total = page.bytes;
  for (const link of new Set(links)) total += (await download(link)).bytes;
  return total;
}

async function download(url: string): Promise<{ bytes: number; text: string }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(url, { headers: { 'accept-encoding': 'br, gzip' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', async () => {
        const body = Buffer.concat(chunks);
        const zlib = await import('node:zlib');
        const encoding = response.headers['content-encoding'];
        const plain =
          encoding === 'br' ? zlib.brotliDecompressSync(body) : encoding === 'gzip' ? zlib.gunzipSync(body) : body;
        resolve({ bytes: body.length, text: plain.toString('latin1') });
      });
    })
      .on('error', reject)
      .end();
  });
}
