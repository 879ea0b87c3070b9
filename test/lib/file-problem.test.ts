import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileProblem, fileSentence } from '../../src/lib/file-problem.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-files-'));
after(() => fs.rmSync(folder, { recursive: true }));

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it worked');
}

test('what the system says in code is said in words', () => {
  const missing = path.join(folder, 'missing');
  assert.equal(fileProblem(errorOf(() => fs.readFileSync(missing))), 'there is no such file or folder');
  assert.equal(fileProblem(errorOf(() => fs.readFileSync(folder))), 'it is a folder, and a file is needed');
  assert.equal(fileProblem(new Error('what we said ourselves')), 'what we said ourselves');
});

test('a failure that nobody foresaw becomes a sentence, also when it comes from another thread', () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  const { message } = errorOf(() => fs.mkdirSync(file));
  const sentence = `${file}: a file of this name stands where a folder is needed: move it away.`;
  assert.equal(fileSentence(message), sentence);
  assert.equal(fileSentence('The disk is full.'), undefined);
  assert.equal(fileSentence("EODD: strange, open 'x'"), undefined);
});
