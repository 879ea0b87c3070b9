/** A template file of a user: read, checked, or one message with all that is wrong. */
import fs from 'node:fs';
import { fileProblem } from '../lib/file-problem.ts';
import { parseTemplate } from '../templates/parse.ts';
import type { TemplateSource } from '../templates/template.ts';

/** @throws Error with one line a problem: file, line, column, place, remedy */
export function readTemplateFile(file: string): TemplateSource {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file}: ${fileProblem(cause)}.`, { cause });
  }
  if (text.trim() === '') throw new Error(`${file}: the file is empty. A template begins with its id and name.`);
  const parsed = parseTemplate(text);
  if (parsed.kind === 'ok') return parsed.template;
  throw new Error(
    parsed.problems
      .map(({ line, column, path, message }) => `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${message}`)
      .join('\n'),
  );
}
