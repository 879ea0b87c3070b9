// `npm start`: bundles the web pages, then runs the server from sources.
import './bundle-web.ts';
import { main } from '../src/main.ts';

process.exitCode = await main(process.argv.slice(2));
