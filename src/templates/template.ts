/**
 * The shape of a template file, once: as schema that checks files (and becomes `schema/template.json`) and as types.
 * Documented for authors in `templates/README.md`.
 */
import { z } from 'zod';
import { FIELD_KINDS } from '../model/field.ts';
import { Pattern } from './pattern.ts';

const plainOid = z
  .string()
  .regex(/^\d+(\.\d+)+$/, 'an OID in numbers, such as 1.3.6.1.2.1.1.1.0, is expected')
  .meta({ description: 'OID in numbers' });
const relativeOid = z
  .string()
  .regex(/^(?:~\^*|\d+)(\.\d+)+$/, 'an OID in numbers, such as 1.3.6.1.2.1.1.1.0, is expected')
  .meta({ description: 'OID in numbers; ~ stands for the sysObjectID, ~^ for it without its last number' });
const oid = z
  .string()
  .regex(/^(?:~\^*|[a-z][a-z0-9_]*|\d+)(\.\d+)+$/, 'an OID in numbers, such as 1.3.6.1.2.1.1.1.0, is expected')
  .meta({
    description:
      'OID in numbers; at its beginning may stand a name of `roots`, or ~ for the sysObjectID of the device (each ^ takes its last number away)',
  });
const column = z
  .union([z.number().int().positive(), z.string().regex(/^(?:~\^*|[a-z][a-z0-9_]*(?=\.)|\d+)(\.\d+)*$/)], {
    error: 'a column number, such as 5, or a whole OID is expected (a path such as 1.10 must stand in quotes)',
  })
  .transform(String)
  .meta({ description: 'Column below `table`, or a whole OID' });
const name = z.string().regex(/^[a-z][a-z0-9_]*$/, 'a name of small letters, digits and _ is expected');
const templateId = z
  .string()
  .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)+$/, 'an ID such as cisco/ios (small letters, digits, - and /) is expected');
const expression = z
  .union([z.string().min(1), z.number()])
  .transform((value) => String(value))
  .meta({ description: 'Expression over columns, static columns, scalars, joined tables and index parts' });
const text = z
  .union([z.string().min(1), z.number()])
  .transform((value) => String(value))
  .meta({ description: 'Text with expressions in braces' });
const seconds = z.number().int().min(0).max(86_400);
const regex = z.string().superRefine((source, context) => {
  try {
    new Pattern(source);
  } catch (cause) {
    context.addIssue({
      code: 'custom',
      message: `no regular expression that can be used: ${(cause as Error).message}`,
    });
  }
});

/** One or several. */
function some<T extends z.ZodType>(item: T) {
  return z.union([item.transform((value) => [value]), z.array(item).min(1)]);
}

const match = z
  .strictObject({
    sys_object_id: some(plainOid).optional().meta({ description: 'sysObjectID equals or lies below one of these' }),
    sys_descr: regex
      .optional()
      .meta({ description: 'Regular expression that sysDescr contains (case does not matter)' }),
    present: some(relativeOid).optional().meta({ description: 'Something lies at or below each of these OIDs' }),
    value: z
      .record(plainOid, regex)
      .optional()
      .meta({ description: 'The value at each OID contains the regular expression' }),
    confidence: z.number().gt(0).max(1).optional().meta({ description: '0 to 1; by default from what is asked' }),
  })
  .refine((rule) => rule.sys_object_id ?? rule.sys_descr ?? rule.present ?? rule.value, 'a rule needs a condition');

const table = z.strictObject({
  table: oid.meta({ description: 'OID of the table entry; columns are given below it' }),
  columns: z.record(name, column),
});

const factFromTable = z.strictObject({
  table: name.meta({ description: 'A table of `tables`' }),
  where: expression.optional(),
  text,
});

const factNames = ['vendor', 'model', 'serial', 'os', 'version', 'name', 'location', 'contact', 'mac'] as const;
const factRules = some(z.union([text, factFromTable]));

const output = {
  where: expression.optional().meta({ description: 'Rows for which it does not hold are left out' }),
  tags: z.record(name, text).optional(),
  fields: z.record(name, expression).optional(),
};

const metric = z
  .strictObject({
    measurement: name,
    interval: seconds.optional().meta({ description: 'Seconds between readings; 0 (default) is every poll' }),
    present: oid
      .optional()
      .meta({ description: 'Poll only if something lies at or below; default: the table, or the first scalar' }),
    unless: some(name).optional().meta({ description: 'Leave out while one of these metrics gives rows' }),
    table: oid.optional(),
    columns: z.record(name, column).optional().meta({ description: 'Columns read in every reading' }),
    static: z
      .record(name, column)
      .optional()
      .meta({ description: 'Columns that hardly change (names, types): read every half hour and when a row appears' }),
    scalars: z.record(name, oid).optional().meta({ description: 'Single objects read in every reading' }),
    joins: z
      .record(name, z.strictObject({ table: name, by: text }))
      .optional()
      .meta({ description: 'Rows of `tables` found by an index' }),
    combine: z
      .enum(['sum', 'mean', 'max', 'min', 'first'])
      .optional()
      .meta({ description: 'How rows with the same tags become one; default: they are told apart by their index' }),
    ...output,
    rows: z.array(z.strictObject(output)).min(1).optional().meta({ description: 'Several rows from one table row' }),
    declare: z
      .record(name, z.strictObject({ kind: z.enum(FIELD_KINDS), unit: z.string(), help: z.string().min(1) }))
      .optional()
      .meta({ description: 'Fields that the families do not have' }),
  })
  .refine((value) => value.columns ?? value.scalars, 'a metric needs `columns` or `scalars`')
  .refine((value) => value.fields ?? value.rows, 'a metric needs `fields` or `rows`');

export const templateSchema = z
  .strictObject({
    id: templateId,
    name: z.string().min(1),
    inherits: some(templateId).optional(),
    interval: seconds.optional().meta({ description: "Least seconds between polls that the maker's agents stand" }),
    match: z.array(match).min(1).optional(),
    roots: z
      .record(name, z.string().regex(/^(?:~\^*|\d+(\.\d+)+)$/, 'an OID in numbers, or ~, is expected'))
      .optional()
      .meta({ description: 'Where a tree begins that several makers keep below their own numbers' }),
    scalars: z
      .record(name, oid)
      .optional()
      .meta({ description: 'Single objects that hardly change, for facts and metrics' }),
    tables: z
      .record(name, table.nullable())
      .optional()
      .meta({ description: 'Tables that hardly change, for facts and joins' }),
    maps: z.record(name, z.record(z.string(), z.union([z.string(), z.number()]))).optional(),
    facts: z.partialRecord(z.enum(factNames), factRules).optional(),
    metrics: z
      .record(name, metric.nullable())
      .optional()
      .meta({ description: 'By name; null takes an inherited one away' }),
  })
  .meta({ title: 'Telltale device template' });

/** The schema as JSON Schema (`schema/template.json`). */
export function templateJsonSchema(): unknown {
  return z.toJSONSchema(templateSchema, { io: 'input' });
}

export type TemplateSource = z.output<typeof templateSchema>;
export type MatchRule = z.output<typeof match>;
export type MetricSource = z.output<typeof metric>;
export type OutputSource = Pick<MetricSource, 'where' | 'tags' | 'fields'>;
export type TableSource = z.output<typeof table>;
export type FactRule = z.output<typeof factRules>[number];
export type FactName = (typeof factNames)[number];
