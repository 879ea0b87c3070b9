/** What a user may get wrong at `inspect`, `template check`, `help` and `version`: one line with what to do. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { UsageError } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-bad-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
fs.mkdirSync(at('folder'));
fs.writeFileSync(at('empty'), '');
fs.writeFileSync(at('note.txt'), 'hello\n');
fs.writeFileSync(
  at('noise'),
  Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256),
);
fs.writeFileSync(at('device.snmprec'), '1.3.6.1.2.1.1.5.0|4|sw1\n');
fs.writeFileSync(at('good.yaml'), 'id: acme/switch\nname: Acme\n');

/** `usage`: exit 2; `failure`: exit 1. */
const CASES: readonly [what: string, argv: readonly string[], exit: 'usage' | 'failure', message: RegExp][] = [
  ['a folder', ['inspect', at('folder')], 'failure', /folder: it is a folder: name one recording in it\.$/],
  [
    'an empty recording',
    ['inspect', at('empty')],
    'failure',
    /the file is empty\. .*snmpsim's format.*OID\|type\|value/,
  ],
  ['text that is no recording', ['inspect', at('note.txt')], 'failure', /this is not a recording\. .*snmpsim's format/],
  ['noise', ['inspect', at('noise')], 'failure', /this is not a recording/],
  ['a file that is not there', ['inspect', at('gone')], 'failure', /gone: there is no such file or folder\.$/],
  ['a recording that is not there', ['inspect', 'gone.snmprec'], 'failure', /gone\.snmprec: there is no such file/],
  ['a mistyped address', ['inspect', '10.0.0.999'], 'usage', /"10\.0\.0\.999" is neither a file nor an address: write/],
  ['an address that is too short', ['inspect', '10.0.0'], 'usage', /neither a file nor an address/],
  ['a network', ['inspect', '10.0.0.0/24'], 'usage', /neither a file nor an address/],
  ['an address of the web', ['inspect', 'http://10.0.0.1'], 'usage', /neither a file nor an address/],
  ['a port that is none', ['inspect', '10.0.0.1:70000'], 'usage', /neither a file nor an address/],
  ['a port without digits', ['inspect', '10.0.0.1:snmp'], 'usage', /neither a file nor an address/],
  ['an open bracket', ['inspect', '[2001:db8::1'], 'usage', /neither a file nor an address/],
  ['a multicast address', ['inspect', '224.0.0.1'], 'usage', /neither a file nor an address/],
  ['nothing', ['inspect', ''], 'usage', /neither a file nor an address/],
  ['spaces', ['inspect', ' '], 'usage', /neither a file nor an address/],
  ['two addresses', ['inspect', '10.0.0.1', '10.0.0.2'], 'usage', /one address or one recording/],
  ['no address', ['inspect'], 'usage', /one address or one recording/],
  [
    'a name that leads nowhere',
    ['inspect', 'no-such-host.invalid'],
    'failure',
    /no-such-host\.invalid has no address: .*Check the name/,
  ],
  [
    'a credential for a file',
    ['inspect', at('device.snmprec'), '--community', 'x'],
    'usage',
    /--community is for an address/,
  ],
  ['an empty community', ['inspect', '10.0.0.1', '--community', ''], 'usage', /--community: must not be empty/],
  [
    'a community and a user',
    ['inspect', '10.0.0.1', '--community', 'x', '--user', 'u'],
    'usage',
    /either --community or --user/,
  ],
  ['a password without a user', ['inspect', '10.0.0.1', '--auth', 'SHA:longenough'], 'usage', /need --user/],
  [
    'an unknown protocol',
    ['inspect', '10.0.0.1', '--user', 'u', '--auth', 'ROT13:longenough'],
    'usage',
    /with MD5, SHA,/,
  ],
  ['a short password', ['inspect', '10.0.0.1', '--user', 'u', '--auth', 'SHA:short'], 'usage', /at least 8 characters/],
  ['privacy alone', ['inspect', '10.0.0.1', '--user', 'u', '--priv', 'AES:longenough'], 'usage', /--priv needs --auth/],
  ['a flag of another tool', ['inspect', '10.0.0.1', '-v2c'], 'usage', /two dashes/],
  ['an unknown flag', ['inspect', '10.0.0.1', '--colour'], 'usage', /--colour: there is no such flag/],
  [
    'a template that is not there',
    ['inspect', '10.0.0.1', '--template', at('gone')],
    'failure',
    /gone: there is no such file/,
  ],
  ['a folder as template', ['template', 'check', at('folder')], 'failure', /it is a folder, and a file is needed/],
  ['an empty template', ['template', 'check', at('empty')], 'failure', /the file is empty\. A template begins with/],
  [
    'a walk that is not there',
    ['template', 'check', at('good.yaml'), '--walk', at('gone')],
    'failure',
    /gone: there is no such file/,
  ],
  [
    'a walk that is none',
    ['template', 'check', at('good.yaml'), '--walk', at('note.txt')],
    'failure',
    /this is not a recording/,
  ],
  ['a template alone', ['template', at('good.yaml')], 'usage', /template check FILE/],
  ['help about nothing', ['help', 'flying'], 'usage', /no verb "flying"/],
  ['a version of something', ['version', 'serve'], 'usage', /no more words/],
  ['a reset without a user', ['reset-password'], 'usage', /reset-password USER/],
  [
    'a reset without data',
    ['reset-password', 'anna', '--data', at('folder')],
    'failure',
    /no Telltale data in .*--data/,
  ],
  ['a check without data', ['check', '--data', at('gone')], 'failure', /no Telltale data in .*--data/],
  [
    'a configuration that is not there',
    ['check', '--config', at('gone.yaml')],
    'failure',
    /gone\.yaml: there is no such file/,
  ],
];

for (const [what, [verb = '', ...argv], exit, expected] of CASES) {
  test(`${verb}: ${what}`, async () => {
    const command = COMMANDS.find(({ name }) => name === verb);
    const error = await command?.run(argv).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    assert.ok(error, 'it worked');
    assert.match(error.message, expected);
    assert.ok(!/\b(E[A-Z]{4,}|ERR_\w+)\b/.test(error.message), `a raw reason is told: ${error.message}`);
    assert.ok(!error.message.includes('\n'), 'one line');
    if (exit === 'usage') assert.ok(error instanceof UsageError, `${error.name} is no wrong usage`);
    else assert.ok(!(error instanceof UsageError), 'it is no wrong usage');
  });
}
