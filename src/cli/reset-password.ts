import { randomBytes } from 'node:crypto';
import { resetPasswordOf } from '../app/maintenance.ts';
import { loadConfig } from '../config/config.ts';
import { parseArguments, UsageError } from './arguments.ts';

/** Gives a user a new password, which is printed once; their sessions end. The server may run meanwhile. */
export async function resetPassword(argv: readonly string[]): Promise<number> {
  const { flags, operands } = parseArguments(argv, { data: { kind: 'value' }, config: { kind: 'value' } });
  const [username] = operands;
  if (username === undefined || operands.length > 1)
    throw new UsageError('write: telltale reset-password USER [--data DIR]');
  const { data } = loadConfig({ flags, env: process.env });
  const password = randomBytes(12).toString('base64url');
  await resetPasswordOf(data, username, password);
  process.stdout.write(`The new password of ${username} is ${password}\nChange it after the next log-in.\n`);
  return 0;
}
