/** The OpenAPI document as a page to read: made here, without scripts, so that it works without internet. */
import type { OpenApiDocument, Operation } from './openapi.ts';

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8885; --dim: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; text-transform: capitalize; }
nav a { margin-right: 1rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .5rem .8rem; }
summary { cursor: pointer; } summary span { color: var(--dim); }
summary code { font-weight: 600; } .method { display: inline-block; min-width: 4.5rem; text-transform: uppercase; }
pre { overflow: auto; border-left: 3px solid var(--line); padding: .2rem 0 .2rem .8rem; font-size: 13px; }
table { border-collapse: collapse; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
`;

export function docsPage(document: OpenApiDocument, base: string): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = document.tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    const items = own.map(({ path, method, operation }) => operationHtml(base + path, method, operation)).join('');
    return `<h2 id="${slug(name)}">${escapeHtml(name)}</h2>${items}`;
  });
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary><pre>${pretty(schema)}</pre></details>`,
  );
  const links = document.tags.map(({ name }) => `<a href="#${slug(name)}">${escapeHtml(name)}</a>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)} API</title><link rel="stylesheet" href="docs.css"></head><body>
<h1>${escapeHtml(document.info.title)} API</h1><p>Version ${escapeHtml(document.info.version)} · <a href="${base}/openapi.json">openapi.json</a></p>
<p>${escapeHtml(document.info.description)}</p><nav>${links}<a href="#schemas">schemas</a></nav>
${sections.join('\n')}
<h2 id="schemas">Schemas</h2>${schemas.join('')}
</body></html>
`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((parameter) => {
    const { name, in: where, required, schema, description } = parameter as Record<string, unknown>;
    const cells = [`<code>${escapeHtml(String(name))}</code>`, escapeHtml(`${where}${required ? ', required' : ''}`)];
    return `<tr><td>${cells.join('</td><td>')}</td><td>${pretty(schema)} ${escapeHtml(String(description ?? ''))}</td></tr>`;
  });
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const { description, content } = response as { description: string; content?: unknown };
    return `<tr><td><code>${escapeHtml(status)}</code></td><td>${escapeHtml(description)}</td><td>${content ? pretty(content) : ''}</td></tr>`;
  });
  return `<details><summary><code><span class="method">${escapeHtml(method)}</span> ${escapeHtml(path)}</code> <span>${escapeHtml(operation.summary)}</span></summary>
<p>${escapeHtml(operation.description ?? '')}</p>
${parameters.length > 0 ? `<h4>Parameters</h4><table>${parameters.join('')}</table>` : ''}
${operation.requestBody ? `<h4>Body</h4><pre>${pretty(operation.requestBody.content)}</pre>` : ''}
<h4>Answers</h4><table>${responses.join('')}</table></details>`;
}

/** JSON whose references are links. */
function pretty(value: unknown): string {
  return escapeHtml(JSON.stringify(value, undefined, 1) ?? '').replaceAll(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#schema-$1">$1</a>',
  );
}

const slug = (name: string): string => name.replaceAll(/\W+/g, '-');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
