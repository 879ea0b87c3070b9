// Writes schema/template.json from the schema that checks templates, so that editors can complete and check them.
//   node scripts/template-schema.ts
import fs from 'node:fs';
import path from 'node:path';
import { templateJsonSchema } from '../src/templates/template.ts';

const file = path.join(path.dirname(import.meta.dirname), 'schema', 'template.json');
fs.writeFileSync(file, `${JSON.stringify(templateJsonSchema(), undefined, 2)}\n`);
