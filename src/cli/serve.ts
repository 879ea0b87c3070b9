import { spawn } from 'node:child_process';
import { type RunningServer, startServer } from '../app.ts';
import { readSettingsFlags } from './settings-flags.ts';
import { untilStopped } from './signals.ts';

/** Runs the server until SIGTERM or SIGINT. */
export async function serve(argv: readonly string[]): Promise<number> {
  const { config } = readSettingsFlags(argv);
  const stopped = untilStopped();
  const server = await startServer({ config, role: 'server' });
  process.stderr.write(banner(server));
  if (config.open) openBrowser(server.addresses[0]!.url);
  await stopped;
  await server.stop();
  return 0;
}

export function banner(server: RunningServer): string {
  const lines = [
    '',
    `  Telltale ${server.version}`,
    ...server.addresses.map(({ url }) => `    ${url}`),
    `    data folder: ${server.dataFolder}`,
    ...(server.setupCode
      ? [`    set-up code: ${server.setupCode} (asked for when the first page is not opened on this machine)`]
      : []),
    '',
    '',
  ];
  return lines.join('\n');
}

/** Best effort: a server without a desktop has no browser to open. */
function openBrowser(url: string): void {
  const command = process.platform === 'win32' ? 'explorer' : process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => process.stderr.write(`  No browser could be opened; go to ${url}\n`))
    .unref();
}
