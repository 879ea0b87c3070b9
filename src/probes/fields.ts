/** Declares the fields of a measurement in one line each. */
import type { FieldKind, FieldMetadata } from '../model/field.ts';

type Declaration = readonly [kind: FieldKind, unit: string, help: string];

export function declare(measurement: string, fields: Readonly<Record<string, Declaration>>): FieldMetadata[] {
  return Object.entries(fields).map(([field, [kind, unit, help]]) => ({ measurement, field, kind, unit, help }));
}
