import { spawn } from 'node:child_process';
import os from 'node:os';
import { isLoopback } from '../app/listeners.ts';
import { type RunningServer, startServer } from '../app.ts';
import { readSettingsFlags } from './settings-flags.ts';
import { untilStopped } from './signals.ts';

/** Runs the server until SIGTERM or SIGINT. */
export async function serve(argv: readonly string[]): Promise<number> {
  const { config } = readSettingsFlags(argv);
  const stopped = untilStopped();
  const server = await startServer({ config, role: 'server' });
  process.stderr.write(banner(server));
  if (config.open) openBrowser(addressHere(server.addresses));
  await stopped;
  await server.stop();
  return 0;
}

export function banner(server: RunningServer): string {
  const lines = [
    '',
    `  Telltale ${server.version}`,
    ...server.addresses.flatMap((address) => [`    ${address.url}`, ...elsewhere(address)]),
    `    data folder: ${server.dataFolder}`,
    ...(server.setupCode
      ? [`    set-up code: ${server.setupCode} (asked for when the first page is not opened on this machine)`]
      : []),
    '',
    '',
  ];
  return lines.join('\n');
}

/** Where a browser on this machine finds the server: without TLS on loopback, else whatever leads here. */
export function addressHere(addresses: RunningServer['addresses']): string {
  const { url } = addresses.find(({ host, url }) => isLoopback(host) && url.startsWith('http:')) ?? addresses[0]!;
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:)/, '//localhost');
}

const SHOWN_ADDRESSES = 4;

/** What others type in, where the server listens on every address of the machine. */
function elsewhere({ host, port, url }: RunningServer['addresses'][number]): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .slice(0, SHOWN_ADDRESSES)
    .map(({ address }) => `      from other machines: ${url.split(':')[0]}://${address}:${port}`);
}

/** Best effort: a server without a desktop has no browser to open. */
function openBrowser(url: string): void {
  const command = process.platform === 'win32' ? 'explorer' : process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => process.stderr.write(`  No browser could be opened; go to ${url}\n`))
    .unref();
}
