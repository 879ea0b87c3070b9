import type { FieldMetadata } from '../model/field.ts';
import { PROBES } from '../probes/registry.ts';
import { DEVICE_FIELDS } from '../rules/health-watch.ts';
import { FAMILIES, familyMetadata } from '../templates/families.ts';

/** Every field that probes, templates and we ourselves store. */
export function declaredFields(): readonly FieldMetadata[] {
  const all = [
    ...Object.keys(FAMILIES).flatMap(familyMetadata),
    ...[...PROBES.values()].flatMap((probe) => probe.fields),
    ...DEVICE_FIELDS,
  ];
  return [...new Map(all.map((field) => [`${field.measurement}\0${field.field}`, field])).values()];
}
