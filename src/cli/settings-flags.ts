/** Turns a command line of `serve` or `demo` into the configuration. */
import { type Config, loadConfig } from '../config/config.ts';
import { SETTINGS, type Setting } from '../config/settings.ts';
import { type FlagSpec, parseArguments, UsageError } from './arguments.ts';

const FLAGS: Readonly<Record<string, FlagSpec>> = {
  config: { kind: 'value' },
  ...Object.fromEntries(
    Object.entries(SETTINGS).map(([key, setting]: [string, Setting<unknown>]) => [
      key,
      { kind: setting.placeholder ? 'value' : 'switch' } as const,
    ]),
  ),
};

export interface SettingsFlags {
  readonly config: Config;
  /** Flags that are not settings, by key. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

/** @throws UsageError, ConfigError */
export function readSettingsFlags(
  argv: readonly string[],
  more: Readonly<Record<string, FlagSpec>> = {},
  defaults: Readonly<Record<string, readonly string[]>> = {},
): SettingsFlags {
  const { flags, operands } = parseArguments(argv, { ...FLAGS, ...more });
  if (operands.length > 0) throw new UsageError(`${operands[0]}: this verb takes only flags`);
  return { config: loadConfig({ flags: { ...defaults, ...flags }, env: process.env }), flags };
}
