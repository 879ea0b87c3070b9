/** Real programs that tests talk to: found on the machine, started on loopback, ended by their own handle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** The folder of shared test material beside the checkout, or undefined where it is missing. */
export const sharedFolder: string | undefined = (() => {
  const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared');
  return fs.existsSync(path.join(folder, 'tools', 'snmp-farm.mjs')) ? folder : undefined;
})();

/** Where a program is, or undefined. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/bin', '/sbin']
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
}

/** A TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class Peer {
  readonly process: ChildProcess;
  output = '';

  constructor(command: string, args: readonly string[], options: { env?: Record<string, string>; cwd?: string } = {}) {
    this.process = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd ? { cwd: options.cwd } : {}),
      env: { ...process.env, ...options.env },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
  }

  /** Resolves when the output matches. @throws Error with the output when the program ends first */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`ended before it said ${pattern}:\n${this.output}`);
      }
      await Promise.race([
        once(this.process.stdout!, 'data'),
        once(this.process.stderr!, 'data'),
        once(this.process, 'exit'),
      ]);
    }
  }

  /** Ends it and resolves to its exit code (null: by the signal). */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const exit = once(this.process, 'exit');
    this.process.kill(signal);
    const [code] = await exit;
    return code;
  }
}

/** Debian's snmpd on loopback with a v2c community and v3 users of every kind. */
export function startSnmpd(folder: string, port: number): Peer {
  fs.mkdirSync(path.join(folder, 'persist'), { recursive: true });
  const config = path.join(folder, 'snmpd.conf');
  fs.writeFileSync(
    config,
    `agentAddress udp:127.0.0.1:${port}
sysName e2e-snmpd
sysLocation Test bench
rocommunity public 127.0.0.0/8
createUser shaaes SHA "authpass1234" AES "privpass1234"
rouser shaaes priv
createUser sha256aes SHA-256 "authpass1234" AES-256 "privpass1234"
rouser sha256aes priv
createUser md5des MD5 "authpass1234" DES "privpass1234"
rouser md5des priv
createUser shanopriv SHA "authpass1234"
rouser shanopriv auth
`,
  );
  return new Peer(
    findProgram('snmpd') ?? 'snmpd',
    ['-f', '-Le', '-C', '-c', config, '-p', path.join(folder, 'pid'), '-I', '-smux'],
    {
      env: { SNMP_PERSISTENT_DIR: path.join(folder, 'persist'), MIBS: '' },
    },
  );
}

/** The farm: serves recordings as devices, one an address from `first` on. Resolves when it answers. */
export function startFarm(folder: string, port: number, first: string, args: readonly string[] = []): Peer {
  const farm = path.join(sharedFolder ?? '', 'tools', 'snmp-farm.mjs');
  return new Peer(process.execPath, [farm, folder, String(port), '--first', first, ...args]);
}
