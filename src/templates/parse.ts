/** YAML text → checked template, or messages with line, column and what to do. Sole importer of the YAML library here. */
import { type Document, isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import { type TemplateSource, templateSchema } from './template.ts';

export interface TemplateProblem {
  /** From 1; 0 when it belongs to no line. */
  readonly line: number;
  readonly column: number;
  /** Where in the template: `metrics.cpu.fields`. */
  readonly path: string;
  readonly message: string;
}

export type ParsedTemplate =
  | { readonly kind: 'ok'; readonly template: TemplateSource; readonly locate: Locate }
  | { readonly kind: 'bad'; readonly problems: readonly TemplateProblem[] };

/** Line and column of a place in the file. */
export type Locate = (path: readonly PropertyKey[]) => { line: number; column: number };

const MAX_BYTES = 512 * 1024;

/** Reads one template. Nothing that is inherited is looked at here. */
export function parseTemplate(text: string): ParsedTemplate {
  if (text.length > MAX_BYTES) {
    return bad([{ line: 0, column: 0, path: '', message: `larger than ${MAX_BYTES / 1024} KiB; split it` }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false });
  if (document.errors.length > 0) {
    return bad(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { line, column: col, path: '', message: yamlMessage(error.code, error.message) };
      }),
    );
  }
  const locate = locator(document, lines);
  let value: unknown;
  try {
    // Aliases are bounded so that a small file cannot grow into a large one.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    return bad([{ line: 1, column: 1, path: '', message: (cause as Error).message }]);
  }
  const result = templateSchema.safeParse(value);
  if (result.success) return { kind: 'ok', template: result.data, locate };
  return bad(
    result.error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => {
          const path = [...issue.path, key];
          return { ...locate(path), path: path.join('.'), message: `unknown key \`${key}\`; ${allowed(issue.path)}` };
        });
      }
      if (issue.code === 'invalid_key') {
        const message = 'this is no name (small letters, digits, _); is a text with a comma in it missing its quotes?';
        return [{ ...locate(issue.path), path: issue.path.join('.'), message }];
      }
      const message = issue.code === 'invalid_union' ? unionMessage(issue.errors, issue.message) : issue.message;
      return [{ ...locate(issue.path), path: issue.path.join('.'), message }];
    }),
  );
}

function bad(problems: TemplateProblem[]): ParsedTemplate {
  return { kind: 'bad', problems };
}

function yamlMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice; keep one';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; use blanks';
  return `no valid YAML: ${message.replace(/\n[\s\S]*$/, '')}`;
}

function unionMessage(errors: readonly (readonly { message: string }[])[], message: string): string {
  if (message !== 'Invalid input') return message;
  return [...new Set(errors.flatMap((branch) => branch.map((issue) => issue.message)))].join(', or ') || message;
}

const KEYS: Readonly<Record<string, string>> = {
  '': 'a template has id, name, inherits, interval, match, roots, scalars, tables, maps, facts, metrics',
  match: 'a match rule has sys_object_id, sys_descr, present, value, confidence',
  metrics:
    'a metric has measurement, interval, present, unless, table, columns, static, scalars, joins, combine, where, tags, fields, rows, declare',
  tables: 'a table has table, columns',
  facts: 'facts are vendor, model, serial, os, version, name, location, contact, mac',
};

function allowed(path: readonly PropertyKey[]): string {
  return KEYS[String(path[0] ?? '')] ?? KEYS['']!;
}

function locator(document: Document, lines: LineCounter): Locate {
  return (path) => {
    let node: unknown = document.contents;
    let range: Node['range'] = isNode(node) ? node.range : undefined;
    for (const key of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key));
        if (!pair) break;
        if (isNode(pair.key)) range = pair.key.range;
        node = pair.value;
      } else {
        const next = (node as { get?: (key: unknown, keep: boolean) => unknown } | null)?.get?.(key, true);
        if (!isNode(next)) break;
        range = next.range;
        node = next;
      }
    }
    if (!range) return { line: 1, column: 1 };
    const { line, col } = lines.linePos(range[0]);
    return { line, column: col };
  };
}
