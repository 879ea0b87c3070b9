/**
 * Runs a program once, at arm's length: no shell, an environment of its own, an empty folder that is removed afterwards,
 * bounded output, and a process group that is killed as a whole at the time limit, when cancelled, and after its end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';

export interface ProgramRequest {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  /** Written to its standard input, which is then closed. */
  readonly input: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

export type ProgramOutcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'not_started'; readonly message: string }
  | { readonly kind: 'timeout'; readonly stderr: string }
  | { readonly kind: 'too_much_output'; readonly stream: 'stdout' | 'stderr' }
  | { readonly kind: 'cancelled' };

export const MAX_OUTPUT_BYTES = 1 << 20;
/** What is kept of standard error: its end, where programs say why they gave up. */
const KEPT_STDERR_BYTES = 4096;
/** Pipes that are still open this long after the end belong to something that left the process group. */
const PIPES_OPEN_MS = 1000;
const isWindows = process.platform === 'win32';

/** Never rejects. */
export async function runProgram(request: ProgramRequest): Promise<ProgramOutcome> {
  let folder: string;
  try {
    folder = await mkdtemp(path.join(os.tmpdir(), 'telltale-plugin-'));
  } catch (error) {
    return { kind: 'not_started', message: `no working folder could be made: ${(error as Error).message}` };
  }
  const outcome = await new Run(request, folder).outcome;
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
    request.log.warn({ err: error, folder }, 'the working folder of a plugin could not be removed');
  });
  return outcome;
}

class Run {
  readonly outcome: Promise<ProgramOutcome>;
  readonly #request: ProgramRequest;
  readonly #folder: string;
  readonly #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #stderr: Buffer = Buffer.alloc(0);
  #stderrBytes = 0;
  /** Set when we end the run: it counts, whatever the program still does. */
  #verdict: ProgramOutcome | undefined;
  #child: ChildProcess | undefined;
  #cancelLimit = () => {};
  #cancelPipes: (() => void) | undefined;
  #settle: (outcome: ProgramOutcome) => void = () => {};

  constructor(request: ProgramRequest, folder: string) {
    this.#request = request;
    this.#folder = folder;
    this.outcome = new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#cancelLimit();
        this.#cancelPipes?.();
        request.signal.removeEventListener('abort', this.#onAbort);
        resolve(this.#verdict ?? outcome);
      };
    });
    if (request.signal.aborted) this.#settle({ kind: 'cancelled' });
    else this.#start();
  }

  /** Whoever cancels may be about to end this process: nothing is left for later that can be done now. */
  readonly #onAbort = (): void => {
    this.#stop({ kind: 'cancelled' });
    try {
      fs.rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // The program is still writing, or holds it open: it is removed, or complained of, once it has ended.
    }
  };

  #start(): void {
    const { file, args, input, limitMs, signal, clock } = this.#request;
    let child: ReturnType<typeof spawnProgram>;
    try {
      child = spawnProgram(file, args, this.#folder);
    } catch (error) {
      this.#settle({ kind: 'not_started', message: (error as Error).message });
      return;
    }
    this.#child = child;
    this.#cancelLimit = clock.after(limitMs, () => this.#stop({ kind: 'timeout', stderr: this.#stderrText() }));
    signal.addEventListener('abort', this.#onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => this.#heard(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#complained(chunk));
    child.on('error', (error) => this.#settle({ kind: 'not_started', message: error.message }));
    child.on('exit', () => {
      // It has answered: children that it leaves behind would only keep the pipes open.
      this.#killGroup();
      this.#awaitPipes();
    });
    child.on('close', (code, killedBy) => {
      const stderr = this.#stderrText();
      if (code === null) this.#settle({ kind: 'killed', signal: killedBy ?? 'unknown', stderr });
      else this.#settle({ kind: 'exited', code, stdout: Buffer.concat(this.#stdout), stderr });
    });
    // A program that does not read its input, or not to the end, breaks the pipe: its answer counts all the same.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  }

  #heard(chunk: Buffer): void {
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > MAX_OUTPUT_BYTES) this.#stop({ kind: 'too_much_output', stream: 'stdout' });
    else this.#stdout.push(chunk);
  }

  #complained(chunk: Buffer): void {
    this.#stderrBytes += chunk.length;
    if (this.#stderrBytes > MAX_OUTPUT_BYTES) this.#stop({ kind: 'too_much_output', stream: 'stderr' });
    else this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-KEPT_STDERR_BYTES);
  }

  #stderrText(): string {
    return this.#stderr.toString('utf8');
  }

  #stop(verdict: ProgramOutcome): void {
    if (this.#verdict) return;
    this.#verdict = verdict;
    this.#killGroup();
    this.#awaitPipes();
  }

  #killGroup(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    if (isWindows) {
      const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
      const killer = spawn(taskkill, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
      killer.on('error', () => this.#child?.kill('SIGKILL'));
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // Nobody of the group is left; EPERM is how macOS says that of a group of zombies.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  }

  /** Closes our ends of pipes that nobody closes, and does not wait for a process that cannot be killed. */
  #awaitPipes(): void {
    this.#cancelPipes ??= this.#request.clock.after(PIPES_OPEN_MS, () => {
      const child = this.#child;
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      child?.stdin?.destroy();
      if (this.#verdict) this.#settle(this.#verdict);
    });
  }
}

function spawnProgram(file: string, args: readonly string[], folder: string) {
  return spawn(file, args, {
    cwd: folder,
    env: environmentOf(folder),
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    // A process group of its own, so that it can be killed with all its children.
    detached: !isWindows,
    windowsHide: true,
  });
}

/** Nothing of ours is inherited: the server's environment may hold passwords and tokens. */
function environmentOf(folder: string): Record<string, string> {
  if (isWindows) {
    const root = process.env.SystemRoot ?? 'C:\\Windows';
    return { SystemRoot: root, PATH: `${root}\\System32;${root}`, TEMP: folder, TMP: folder };
  }
  const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { PATH, LANG: 'C.UTF-8', HOME: folder, TMPDIR: folder };
}
