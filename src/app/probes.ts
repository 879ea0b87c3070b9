/** What the server tells of the probes that are built in. */
import { z } from 'zod';
import type { BuiltInPlugin } from '../fleet/plugins.ts';
import type { FieldMetadata } from '../model/field.ts';
import { PROBES } from '../probes/registry.ts';
import { DEVICE_FIELDS } from '../rules/health-watch.ts';
import { FAMILIES, familyMetadata } from '../templates/families.ts';

export function builtInPlugins(): readonly BuiltInPlugin[] {
  return [...PROBES.values()].map((probe) => ({
    id: probe.id,
    name: probe.name,
    description: probe.description,
    credential_types: probe.credentials,
    default_interval_s: probe.defaultIntervalS,
    settings_schema: z.toJSONSchema(probe.settings, { io: 'input' }),
  }));
}

/** Every field that probes, templates and we ourselves store. */
export function declaredFields(): readonly FieldMetadata[] {
  const all = [
    ...Object.keys(FAMILIES).flatMap(familyMetadata),
    ...[...PROBES.values()].flatMap((probe) => probe.fields),
    ...DEVICE_FIELDS,
  ];
  return [...new Map(all.map((field) => [`${field.measurement}\0${field.field}`, field])).values()];
}
