// `npm start`: runs the sources with the pinned Node, passing arguments and signals on.
import { spawn } from 'node:child_process';
import path from 'node:path';

const main = path.join(path.dirname(import.meta.dirname), 'src', 'main.ts');
const child = spawn('node', [main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
