import { flagOf, SETTINGS, variableOf } from '../config/settings.ts';
import { VERSION } from '../lib/version.ts';
import type { Command } from './commands.ts';

export function printHelp(commands: readonly Command[]): number {
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
