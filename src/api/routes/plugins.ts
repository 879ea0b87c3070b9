/** Kinds of probes: built in, and executables that people added. */
import type { z } from 'zod';
import { pageOfArray } from '../../db/page.ts';
import type { PluginValues } from '../../db/plugins.ts';
import { keepUnique } from '../../db/unique.ts';
import { type Plugin, schemaProblem } from '../../fleet/plugins.ts';
import type { FieldMetadata } from '../../model/field.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { pageOf } from '../contract/common.ts';
import {
  plugin,
  pluginInput,
  pluginListQuery,
  pluginParams,
  pluginPrograms,
  pluginReplacement,
} from '../contract/plugins.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { ExecutableService, Services } from '../services.ts';

const DEFAULT_TIMEOUT_S = 30;
const DEFAULT_INTERVAL_S = 60;

function valuesOf(input: Omit<z.output<typeof pluginInput>, 'id'>): PluginValues {
  const settings_schema = input.settings_schema ?? { type: 'object' };
  const problem = schemaProblem(settings_schema);
  if (problem) throw Refusal.invalid('settings_schema', `is not a JSON Schema that can be used: ${problem}`);
  return {
    name: input.name,
    description: input.description ?? '',
    executable: input.executable,
    arguments: input.arguments ?? [],
    timeout_s: input.timeout_s ?? DEFAULT_TIMEOUT_S,
    default_interval_s: input.default_interval_s ?? DEFAULT_INTERVAL_S,
    credential_types: input.credential_types ?? [],
    settings_schema,
    fields: input.fields ?? [],
  };
}

const nameOf = ({ measurement, field }: FieldMetadata) => `${measurement}_${field}`;

type NeededServices = Pick<Services, 'fleet' | 'repositories' | 'clock' | 'fields' | 'executables'>;

export function pluginRoutes(services: NeededServices): Endpoint[] {
  const { fleet, repositories, clock, fields, executables } = services;
  const tag = 'plugins';
  const get = (tenant: TenantId, id: string): Plugin => {
    const found = fleet.plugins.get(tenant, id);
    if (!found) throw Refusal.notFound('Plugin');
    return found;
  };
  const getAdded = (tenant: TenantId, id: string): Plugin => {
    const found = get(tenant, id);
    if (found.type === 'built_in')
      throw new Refusal('forbidden', `The plugin ${id} is built in: it cannot be changed.`);
    return found;
  };
  const now = () => new Date(clock.nowMs());
  /** @throws Refusal when it could not be run, or says of a field what it is not. `own` is what it declared before. */
  const check = async (
    programs: ExecutableService,
    tenant: TenantId,
    values: PluginValues,
    own: readonly FieldMetadata[] = [],
  ): Promise<PluginValues> => {
    const problem = await programs.problem(tenant, values.executable);
    if (problem) throw Refusal.invalid('executable', `cannot be used: ${problem}`);
    const isOwn = (field: FieldMetadata) => own.some((entry) => nameOf(entry) === nameOf(field));
    const known = new Map(fields().map((field) => [nameOf(field), field]));
    values.fields.forEach((field, index) => {
      const other = isOwn(field) ? undefined : known.get(nameOf(field));
      if (!other || (other.kind === field.kind && other.unit === field.unit)) return;
      const difference = `is known already as ${other.kind}${other.unit && ` in ${other.unit}`}: use another name`;
      throw Refusal.invalid(`fields.${index}.field`, difference);
    });
    return values;
  };
  // Changes of added plugins, where something runs them.
  const changes = (programs: ExecutableService) => [
    endpoint({
      method: 'get',
      path: '/plugin-programs',
      tag,
      summary: 'The programs in the plugins folder of the tenant, and whether they can be run',
      allow: 'administer',
      answer: pluginPrograms,
      async handle(call) {
        const { folder, programs: placed } = await programs.placed(principalOf(call).tenant);
        const data = placed.map(({ file, problem }) => ({
          file,
          usable: problem === undefined,
          problem: problem ?? null,
        }));
        return { folder, data };
      },
    }),
    endpoint({
      method: 'post',
      path: '/plugins',
      tag,
      summary: "Add a plugin: an executable in the data folder's plugins folder",
      allow: 'administer',
      action: 'plugin.create',
      body: pluginInput,
      answer: plugin,
      status: 201,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { id, ...rest } = call.body;
        if (fleet.plugins.isBuiltIn(id))
          throw new Refusal('conflict', `The plugin ${id} is built in`, [
            { path: 'id', message: 'is taken by a built-in plugin' },
          ]);
        const values = await check(programs, tenant, valuesOf(rest));
        keepUnique('id', 'plugin', () => repositories.plugins.insert(tenant, id, values, now()));
        call.audit({ target: `plugins/${id}` });
        return get(tenant, id);
      },
    }),
    endpoint({
      method: 'put',
      path: '/plugins/:id',
      tag,
      summary: 'Replace an added plugin',
      allow: 'administer',
      action: 'plugin.update',
      params: pluginParams,
      body: pluginReplacement,
      answer: plugin,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { id, ...rest } = call.body;
        if (id !== undefined && id !== call.params.id) throw Refusal.invalid('id', 'cannot change');
        const values = await check(programs, tenant, valuesOf(rest), getAdded(tenant, call.params.id).fields);
        repositories.plugins.update(tenant, call.params.id, values, now());
        fleet.configuration.touchAll();
        call.audit({ target: `plugins/${call.params.id}` });
        return get(tenant, call.params.id);
      },
    }),
  ];
  return [
    endpoint({
      method: 'get',
      path: '/plugins',
      tag,
      summary: 'Plugins, built in and added',
      allow: 'read',
      query: pluginListQuery,
      answer: pageOf(plugin),
      handle(call) {
        const { type } = call.query;
        const all = fleet.plugins.all(principalOf(call).tenant).filter((entry) => !type || entry.type === type);
        return pageOfArray(all, call.query, (entry) => entry.id);
      },
    }),
    endpoint({
      method: 'get',
      path: '/plugins/:id',
      tag,
      summary: 'A plugin, with the schema of its settings',
      allow: 'read',
      params: pluginParams,
      answer: plugin,
      handle: (call) => get(principalOf(call).tenant, call.params.id),
    }),
    endpoint({
      method: 'delete',
      path: '/plugins/:id',
      tag,
      summary: 'Remove an added plugin that no monitor uses',
      allow: 'administer',
      action: 'plugin.delete',
      params: pluginParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const { id } = get(tenant, call.params.id);
        const monitors = repositories.monitors.countOfPlugin(tenant, id);
        if (monitors > 0) throw new Refusal('in_use', `Plugin in use by ${monitors} monitor(s)`);
        getAdded(tenant, id);
        repositories.plugins.delete(tenant, id);
        call.audit({ target: `plugins/${id}` });
        return undefined;
      },
    }),
    ...(executables ? changes(executables) : []),
  ];
}
