/** Probe `dns`: does the device, as a name server, answer a question, and rightly? */
import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { type Attempt, hostPort, withRetries } from './attempts.ts';
import { declare } from './fields.ts';
import { defineProbe } from './probe.ts';

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA'] as const;

const settings = z.strictObject({
  name: z.string().min(1).max(253).describe('Name to ask for'),
  type: z.enum(TYPES).default('A').describe('Type of record'),
  port: z.int().min(1).max(65535).default(53).describe('Port of the name server'),
  timeout_ms: z.int().min(100).max(30_000).default(3000).describe('Milliseconds to wait for the answer'),
  expect: z.array(z.string().min(1)).max(50).optional().describe('Each of these must be among the answers'),
});
type Settings = z.output<typeof settings>;

export const dnsProbe = defineProbe({
  id: 'dns',
  name: 'DNS',
  description: 'Whether the device answers a DNS question, how fast, and with what.',
  settings,
  defaultIntervalS: 60,
  credentials: [],
  fields: declare('dns', {
    up: ['state', '', 'The question was answered as expected'],
    duration_ms: ['gauge', 'milliseconds', 'Time until the answer'],
    answers: ['gauge', 'records', 'Records in the answer'],
  }),
  start: (target, chosen, tools) => ({
    async poll(stop) {
      const resolved = await tools.resolve(target.address);
      const label = `${chosen.name} ${chosen.type} @${target.address}`;
      return withRetries('dns', label, target, tools, stop, async () =>
        resolved.kind === 'failure'
          ? { fields: {}, error: resolved, isFinal: true }
          : ask(hostPort(resolved.address, chosen.port), chosen),
      );
    },
    close() {},
  }),
});

async function ask(server: string, chosen: Settings): Promise<Attempt> {
  const resolver = new Resolver({ timeout: chosen.timeout_ms, tries: 1 });
  resolver.setServers([server]);
  try {
    const records = await resolver.resolve(chosen.name, chosen.type);
    const texts = [records].flat().map(recordText);
    const fields = { answers: texts.length };
    const missing = (chosen.expect ?? []).filter((wanted) => !texts.some((text) => isSame(text, wanted)));
    if (missing.length === 0) return { fields };
    const message = `${server} answers ${texts.join(', ') || 'nothing'}, but ${missing.join(', ')} was expected.`;
    return { fields, error: { code: 'unexpected_answer', message }, isFinal: true };
  } catch (error) {
    return {
      fields: { answers: 0 },
      ...dnsError((error as NodeJS.ErrnoException).code ?? String(error), server, chosen),
    };
  }
}

function isSame(text: string, wanted: string): boolean {
  return text.toLowerCase().replace(/\.$/, '') === wanted.toLowerCase().replace(/\.$/, '');
}

function recordText(record: unknown): string {
  if (typeof record === 'string') return record;
  if (Array.isArray(record)) return record.join('');
  const fields = record as Record<string, unknown>;
  return String(fields.exchange ?? fields.name ?? fields.nsname ?? fields.issue ?? Object.values(fields).join(' '));
}

function dnsError(
  code: string,
  server: string,
  { name, type }: Settings,
): Pick<Attempt, 'isFinal'> & Required<Pick<Attempt, 'error'>> {
  switch (code) {
    case 'ENOTFOUND':
      return { error: { code: 'name_unknown', message: `${server} does not know the name ${name}.` }, isFinal: true };
    case 'ENODATA':
      return {
        error: { code: 'no_records', message: `${server} knows ${name} but has no ${type} record of it.` },
        isFinal: true,
      };
    case 'EREFUSED':
      return {
        error: { code: 'refused', message: `${server} refuses to answer us: allow this machine to ask.` },
        isFinal: true,
      };
    case 'ESERVFAIL':
      return { error: { code: 'server_failure', message: `${server} could not find out about ${name} (SERVFAIL).` } };
    case 'ECONNREFUSED':
      return { error: { code: 'port_unreachable', message: `No name server listens at ${server}.` } };
    case 'ETIMEOUT':
      return { error: { code: 'timeout', message: `The name server at ${server} does not answer.` } };
    default:
      return { error: { code: 'failed', message: `The name server at ${server} failed: ${code}.` } };
  }
}
