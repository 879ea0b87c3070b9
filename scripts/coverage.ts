// What comes of recorded devices. Without options it writes templates/COVERAGE.md about those beside this checkout;
// with any it prints.
//   npm run coverage [-- [--recordings DIR] [--expected DIR] [--only PREFIX,…] [--misses] [--anomalies] [--devices] [--json]]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { anomalyLines, deviceLine, failureLines, missLines } from './coverage/listing.ts';
import { measure } from './coverage/measure.ts';
import { type Notes, report } from './coverage/report.ts';
import { summary } from './coverage/summary.ts';

const root = path.dirname(import.meta.dirname);
const material = path.join(root, '..', 'shared', 'material');
const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string', default: path.join(material, 'recordings') },
    expected: { type: 'string' },
    only: { type: 'string', default: '' },
    misses: { type: 'boolean' },
    anomalies: { type: 'boolean' },
    devices: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});

if (!fs.existsSync(options.recordings)) {
  console.error(`There are no recordings in ${options.recordings}; name their folder with --recordings.`);
  process.exit(1);
}
const notes = parse(fs.readFileSync(path.join(root, 'templates', 'coverage-notes.yaml'), 'utf8')) as Notes;
const { measured, failed } = await measure({
  recordings: options.recordings,
  expected: options.expected ?? path.join(options.recordings, '..', 'expected'),
  only: options.only.split(',').filter((prefix) => prefix !== ''),
});
const print = (lines: readonly string[]): void => {
  if (lines.length > 0) console.log(lines.join('\n'));
};
if (options.json) print(measured.map((one) => JSON.stringify(one)));
else {
  if (options.devices) print(measured.map(deviceLine));
  if (options.misses) print(missLines(measured, notes));
  if (options.anomalies) print(anomalyLines(measured));
  if (process.argv.length === 2) fs.writeFileSync(path.join(root, 'templates', 'COVERAGE.md'), report(measured, notes));
  console.log(summary(measured));
}
print(failureLines(failed));
if (failed.length > 0) process.exitCode = 1;
