/** The verbs of the executable. Each loads its room only when it is called, so that `version` does not pay for the server. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Ends at SIGTERM or SIGINT, in order. */
  readonly isService?: true;
  /** Resolves to the exit code. Throws UsageError (exit 2) or an error whose message is one clear line (exit 1). */
  run(argv: readonly string[]): Promise<number>;
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'serve',
    isService: true,
    usage:
      '[serve] [--data DIR] [--listen HOST:PORT]... [--tls auto|off|CERT.pem,KEY.pem] [--config FILE] [--disk-budget SIZE] [--open]',
    summary: 'Run the server (this is also what happens without a verb).',
    run: async (argv) => (await import('./serve.ts')).serve(argv),
  },
  {
    name: 'demo',
    isService: true,
    usage: 'demo [--devices N] [--data DIR] [--listen HOST:PORT]',
    summary: 'Simulate a small plant on this machine and monitor it.',
    run: async (argv) => (await import('./demo.ts')).demo(argv),
  },
  {
    name: 'inspect',
    usage:
      'inspect ADDRESS[:PORT] | RECORDING [--community C | --user U --auth PROTO:PASSWORD --priv PROTO:PASSWORD] [--template FILE]',
    summary: 'Print what a device is and everything one poll would store, as JSON.',
    run: async (argv) => (await import('./inspect.ts')).inspect(argv),
  },
  {
    name: 'check',
    usage: 'check [--data DIR]',
    summary: 'Verify every checksum of the metric store and the database of a stopped server.',
    run: async (argv) => (await import('./check.ts')).check(argv),
  },
  {
    name: 'reset-password',
    usage: 'reset-password USER [--data DIR]',
    summary: 'Give a user a new password, printed once.',
    run: async (argv) => (await import('./reset-password.ts')).resetPassword(argv),
  },
  {
    name: 'template',
    usage: 'template check FILE [--walk RECORDING]',
    summary: 'Check a device template, and try it on a recording.',
    run: async (argv) => (await import('./template.ts')).template(argv),
  },
  {
    name: 'version',
    usage: 'version',
    summary: 'Print the version.',
    run: async (argv) => (await import('./version.ts')).printVersion(argv),
  },
  {
    name: 'help',
    usage: 'help',
    summary: 'Print this help.',
    run: async (argv) => (await import('./help.ts')).printHelp(argv, COMMANDS),
  },
];
