/**
 * All templates that are known: the shipped ones and those that users added (which win over shipped ones of the same
 * ID). Shipped ones are checked by the tests, not at start; in the executable they are one JSON file.
 */
import { listAssets, readTextAsset } from '../lib/assets.ts';
import { inherit, type ResolvedTemplate } from './inherit.ts';
import type { MatchRule, TemplateSource } from './template.ts';

const FOLDER = 'templates/devices';
/** What `build.ts` embeds instead of the YAML files: the text of `compileTemplates`. */
export const COMPILED_ASSET = 'templates/compiled.json';

export interface TemplateSummary {
  readonly id: string;
  readonly name: string;
  readonly inherits: readonly string[];
  readonly builtIn: boolean;
}

/** Checks every shipped file and gives them as one JSON text. @throws Error naming file, line and problem */
export async function compileTemplates(): Promise<string> {
  const { parseTemplate } = await import('./parse.ts');
  const sources: TemplateSource[] = [];
  for (const file of listAssets(FOLDER).filter((name) => name.endsWith('.yaml'))) {
    const parsed = parseTemplate(readTextAsset(file));
    if (parsed.kind === 'bad') {
      const { line, path, message } = parsed.problems[0]!;
      throw new Error(`${file}:${line}: ${path ? `${path}: ` : ''}${message}`);
    }
    sources.push(parsed.template);
  }
  return JSON.stringify(sources);
}

async function shippedTemplates(): Promise<readonly TemplateSource[]> {
  const compiled = listAssets('templates').includes(COMPILED_ASSET)
    ? readTextAsset(COMPILED_ASSET)
    : await compileTemplates();
  return JSON.parse(compiled) as TemplateSource[];
}

export class TemplateLibrary {
  readonly #sources = new Map<string, { source: TemplateSource; builtIn: boolean }>();
  readonly #resolved = new Map<string, ResolvedTemplate>();

  constructor(shipped: readonly TemplateSource[], added: readonly TemplateSource[] = []) {
    for (const source of shipped) this.#sources.set(source.id, { source, builtIn: true });
    for (const source of added) this.#sources.set(source.id, { source, builtIn: false });
  }

  /** The shipped templates and these. Takes some milliseconds in the executable, some hundred from sources. */
  static async load(added: readonly TemplateSource[] = []): Promise<TemplateLibrary> {
    return new TemplateLibrary(await shippedTemplates(), added);
  }

  /** A library with one more template. */
  with(added: TemplateSource): TemplateLibrary {
    const library = new TemplateLibrary([]);
    for (const [id, entry] of this.#sources) library.#sources.set(id, entry);
    library.#sources.set(added.id, { source: added, builtIn: false });
    return library;
  }

  get ids(): string[] {
    return [...this.#sources.keys()].sort();
  }

  list(): TemplateSummary[] {
    return [...this.#sources.values()]
      .map(({ source, builtIn }) => ({ id: source.id, name: source.name, inherits: source.inherits ?? [], builtIn }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  source(id: string): TemplateSource | undefined {
    return this.#sources.get(id)?.source;
  }

  /** Every match rule with its template. */
  *rules(): Generator<{ readonly id: string; readonly rule: MatchRule }> {
    for (const { source } of this.#sources.values()) {
      for (const rule of source.match ?? []) yield { id: source.id, rule };
    }
  }

  /** A template with everything that it inherits. @throws TemplateError when it or a parent does not exist or they go in a circle */
  resolve(id: string): ResolvedTemplate {
    let resolved = this.#resolved.get(id);
    if (!resolved) {
      resolved = inherit(id, (parent) => this.#sources.get(parent)?.source);
      this.#resolved.set(id, resolved);
    }
    return resolved;
  }
}
