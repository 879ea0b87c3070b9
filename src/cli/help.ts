import { flagOf, SETTINGS, variableOf } from '../config/settings.ts';
import { VERSION } from '../lib/version.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './commands.ts';

/** Everything there is, whatever it is asked about; but of a verb that does not exist it has nothing to say. */
export function printHelp(argv: readonly string[], commands: readonly Command[]): number {
  const unknown = argv.find((word) => !word.startsWith('-') && !commands.some(({ name }) => name === word));
  if (argv[0] === unknown && unknown !== undefined) throw new UsageError(`there is no verb "${unknown}"`);
  const settings = Object.entries(SETTINGS).map(
    ([key, setting]) =>
      `  ${flagOf(key)}${setting.placeholder ? ` ${setting.placeholder}` : ''}\n      ${setting.help} (${variableOf(key)})`,
  );
  process.stdout.write(
    [
      `Telltale ${VERSION}: infrastructure monitoring in one file.`,
      '',
      ...commands.map(({ usage, summary }) => `  telltale ${usage}\n      ${summary}`),
      '',
      'Settings of serve, each also a variable and a key in the YAML file named by --config:',
      ...settings,
      '',
      'First start without a person: TELLTALE_ADMIN_USER (default admin) and TELLTALE_ADMIN_PASSWORD create the administrator.',
      '',
    ].join('\n'),
  );
  return 0;
}
