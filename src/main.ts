/** Command line to command to exit code, nothing else. */
import { UsageError } from './cli/arguments.ts';
import { COMMANDS } from './cli/commands.ts';
import { untilStopped } from './cli/signals.ts';
import { ConfigError } from './config/config.ts';
import { fileSentence } from './lib/file-problem.ts';

/** Runs one command line. Exit 2: wrong usage. Exit 1: anything else, with one clear line. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever read our output has gone (`telltale inspect … | head`, a log reader that restarts): nobody misses the rest.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const [first] = argv;
  const helpWanted = argv.includes('--help') || argv.includes('-h');
  const verb = helpWanted ? 'help' : first === '--version' ? 'version' : (verbOf(first) ?? 'serve');
  const command = COMMANDS.find(({ name }) => name === verb);
  try {
    if (!command) throw new UsageError(`there is no verb "${verb}"`);
    if (command.isService) void untilStopped();
    return await command.run(first === verb || first === '--version' ? argv.slice(1) : argv);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      process.stderr.write(`${indentLines(error.message)}\nSee: telltale help\n`);
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`telltale: ${fileSentence(message) ?? message}\n`);
    if (process.env.TELLTALE_LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** Flags without a verb are those of `serve`. */
const verbOf = (first: string | undefined): string | undefined => (first?.startsWith('-') ? undefined : first);

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

const indentLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => `telltale: ${line}`)
    .join('\n');

/** What a command left open does not keep the process for longer than this. */
const LINGER_MS = 2000;

/** Runs the command line of this process and ends it with the command's code. */
export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2));
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

if (import.meta.main) void runProcess();
