/** Reads flags, variables and the YAML file, validates all of it, and freezes one Config. Flag beats variable beats file. */
import fs from 'node:fs';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { fileProblem } from '../lib/file-problem.ts';
import { defaultDataFolder, defaultDiskBudgetBytes } from './data-folder.ts';
import { flagOf, SETTINGS, type SettingKey, type SettingValues, variableOf } from './settings.ts';

/** `config` is the file that was read, if any. */
export type Config = SettingValues & { readonly config: string | undefined };

/** Everything that is wrong with the configuration, one line each with the place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface ConfigSources {
  /** Flags by setting key, in order of appearance; a switch without value is `true`. `config` names the file. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface FileValues {
  readonly path: string | undefined;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function readConfigFile(path: string | undefined, problems: string[]): FileValues {
  const values = new Map<string, readonly string[]>();
  if (path === undefined) return { path, values };
  let document: unknown;
  try {
    document = parseYaml(fs.readFileSync(path, 'utf8'), { prettyErrors: true });
  } catch (error) {
    problems.push(
      error instanceof YAMLParseError
        ? `${path}: cannot be read as YAML: ${error.message.split('\n')[0]}`
        : `${path}: ${fileProblem(error)}`,
    );
    return { path, values };
  }
  if (document === null || document === undefined) return { path, values };
  if (typeof document !== 'object' || Array.isArray(document)) {
    problems.push(`${path}: must hold keys and values, such as "disk_budget: 10GiB"`);
    return { path, values };
  }
  for (const [key, value] of Object.entries(document)) {
    if (!(key in SETTINGS)) {
      problems.push(`${path}: ${key}: there is no such setting; known are ${Object.keys(SETTINGS).join(', ')}`);
    } else if (Array.isArray(value) ? value.some(isNested) : isNested(value)) {
      problems.push(`${path}: ${key}: must be a single value or a list of them`);
    } else {
      // YAML reads `off` as text and `false` as a boolean: settings parse their own words.
      values.set(key, (Array.isArray(value) ? value : [value]).map(String));
    }
  }
  return { path, values };
}

const isNested = (value: unknown): boolean => typeof value === 'object';

/** @throws ConfigError naming every wrong key, variable and flag at once */
export function loadConfig(sources: ConfigSources): Config {
  const problems: string[] = [];
  const path = sources.flags.config?.at(-1) ?? sources.env.TELLTALE_CONFIG;
  const file = readConfigFile(path, problems);
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const given = findSetting(key, sources, file);
    if (!given) continue;
    const parsed = SETTINGS[key].parse(given.texts);
    if ('error' in parsed) problems.push(`${given.place}: ${parsed.error}`);
    else values[key] = parsed.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ ...defaults(values), ...values, config: path }) as Config;
}

function findSetting(
  key: SettingKey,
  sources: ConfigSources,
  file: FileValues,
): { place: string; texts: readonly string[] } | undefined {
  const flag = sources.flags[key];
  if (flag) return { place: flagOf(key), texts: flag };
  const variable = sources.env[variableOf(key)];
  if (variable !== undefined && variable !== '') return { place: variableOf(key), texts: [variable] };
  const texts = file.values.get(key);
  return texts && { place: `${file.path}: ${key}`, texts };
}

function defaults(given: Readonly<Record<string, unknown>>): SettingValues {
  const data = (given.data as string | undefined) ?? defaultDataFolder();
  const tls = (given.tls as SettingValues['tls'] | undefined) ?? { kind: 'auto' };
  return {
    data,
    listen: [],
    tls,
    disk_budget: given.disk_budget === undefined ? defaultDiskBudgetBytes(data) : 0,
    open: false,
    log_level: 'info',
    log_format: 'auto',
    log_files: true,
    retention_raw: 7 * 86_400_000,
    retention_5m: 30 * 86_400_000,
    retention_1h: 365 * 86_400_000,
    fsync: 'group',
    max_series: 5_000_000,
    max_query_samples: 50_000_000,
    max_answer_size: 128 << 20,
    max_query_time: 60_000,
    max_query_series: 500_000,
    max_concurrent_queries: 4,
    max_waiting_queries: 256,
    max_ahead: 600_000,
    max_body_size: 64 << 20,
    max_unpacked_size: 128 << 20,
    max_batch_records: 3_000,
    max_line_size: 1 << 20,
    max_fields: 1_024,
    max_tags: 256,
    max_name_size: 1_024,
    max_label_size: 4_096,
  };
}
