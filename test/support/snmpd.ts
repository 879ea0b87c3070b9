/** Debian's snmpd on a loopback port, with the users that the tests need. Skips where it is not installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BINARY = '/usr/sbin/snmpd';

export function hasSnmpd(): boolean {
  return fs.existsSync(BINARY);
}

const USERS = [
  ['shaaes', 'SHA', 'AES'],
  ['sha256aes', 'SHA-256', 'AES-256'],
  ['sha512aes', 'SHA-512', 'AES'],
  ['sha224des', 'SHA-224', 'DES'],
  ['cisco256', 'SHA', 'AES-256-C'],
  ['blumenthal256', 'SHA', 'AES-256'],
  ['aes192', 'SHA-384', 'AES-192'],
  ['md5des', 'MD5', 'DES'],
] as const;

export class Snmpd {
  readonly port: number;
  readonly folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  static async start(): Promise<Snmpd> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-snmpd-'));
    const snmpd = new Snmpd(await freePort(), folder);
    const users = USERS.map(
      ([name, auth, priv]) => `createUser ${name} ${auth} "authpass1234" ${priv} "privpass1234"\nrouser ${name} priv`,
    );
    const lines = [
      `agentAddress udp:127.0.0.1:${snmpd.port},udp6:[::1]:${snmpd.port}`,
      'rocommunity public 127.0.0.0/8',
      'rocommunity6 public ::1',
      ...users,
      'createUser shanopriv SHA "authpass1234"',
      'rouser shanopriv auth',
      'createUser nobody1234',
      'rouser nobody1234 noauth',
    ];
    fs.writeFileSync(path.join(folder, 'snmpd.conf'), `${lines.join('\n')}\n`);
    await snmpd.run();
    return snmpd;
  }

  /** Starts the agent (again: its engine then counts one more boot) and waits until it answers. */
  async run(): Promise<void> {
    const env = { ...process.env, SNMP_PERSISTENT_DIR: path.join(this.folder, 'persist'), MIBS: '' };
    const config = path.join(this.folder, 'snmpd.conf');
    const args = [
      '-f',
      '-Lf',
      path.join(this.folder, 'log'),
      '-C',
      '-c',
      config,
      '-p',
      path.join(this.folder, 'pid'),
      '-I',
      '-smux',
    ];
    this.#process = spawn(BINARY, args, { env, stdio: 'ignore' });
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null) throw new Error(fs.readFileSync(path.join(this.folder, 'log'), 'utf8'));
    }
  }

  /** Ends the agent as a restart of the device does: it saves its boots. */
  async end(): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await gone;
  }

  async stop(): Promise<void> {
    await this.end();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    // SNMPv1 GET of sysUpTime with community "public".
    const request = Buffer.from(
      '302602010004067075626c6963a019020101020100020100300e300c06082b060102010103000500',
      'hex',
    );
    return new Promise((resolve) => {
      const socket = dgram.createSocket('udp4');
      const finish = (isThere: boolean) => {
        clearTimeout(timer);
        socket.close();
        resolve(isThere);
      };
      const timer = setTimeout(() => finish(false), 50);
      socket.on('message', () => finish(true));
      socket.on('error', () => {});
      socket.send(request, this.port, '127.0.0.1');
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
