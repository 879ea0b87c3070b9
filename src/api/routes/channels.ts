/** Channels through which people are told. Their secrets come in and never go out. */
import type { z } from 'zod';
import { may, type Principal } from '../../auth/principal.ts';
import type { ChannelRecord } from '../../db/channels.ts';
import { keepUnique } from '../../db/unique.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { CHANNEL_SECRET_KEYS, channel, channelInput, channelListQuery, channelTestResult } from '../contract/alerts.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import { withoutUrlSecrets } from '../redact.ts';
import type { Services } from '../services.ts';

type Input = z.output<typeof channelInput>;

/** Hooks of chat programs carry their secret in the URL: only who could change it sees more than where it leads. */
function present(record: ChannelRecord, principal: Principal) {
  const { tenant_id: _, sealed, ...shown } = record;
  const { url } = shown.config;
  const isHidden = typeof url === 'string' && !may(principal, 'administer');
  return {
    ...shown,
    ...(isHidden ? { config: { ...shown.config, url: withoutUrlSecrets(url) } } : {}),
    secrets: Object.keys(sealed).sort(),
  };
}

function valuesOf(input: Input) {
  const secretKeys: readonly string[] = CHANNEL_SECRET_KEYS[input.type];
  const entries = Object.entries(input.config).filter(([, value]) => value !== undefined);
  return {
    values: {
      name: input.name,
      type: input.type,
      enabled: input.enabled ?? true,
      send_resolved: input.send_resolved ?? true,
      min_severity: input.min_severity ?? ('info' as const),
      config: Object.fromEntries(entries.filter(([key]) => !secretKeys.includes(key))),
    },
    secrets: Object.fromEntries(entries.filter(([key]) => secretKeys.includes(key))) as Record<string, string>,
  };
}

const TEST_TIMEOUT_MS = 30_000;

type NeededServices = Pick<Services, 'repositories' | 'secrets' | 'alerts' | 'testChannel' | 'clock'>;

export function channelRoutes({ repositories, secrets: box, alerts, testChannel, clock }: NeededServices): Endpoint[] {
  const tag = 'alerts';
  const now = () => new Date(clock.nowMs());
  const get = (tenant: TenantId, id: number): ChannelRecord => {
    const record = repositories.channels.get(tenant, id);
    if (!record) throw Refusal.notFound('Channel');
    return record;
  };
  const seal = (tenant: TenantId, id: number, secrets: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(secrets).map(([key, value]) => [key, box.seal(value, { tenant, record: `channel:${id}:${key}` })]),
    );
  return [
    endpoint({
      method: 'get',
      path: '/channels',
      tag,
      summary: 'Channels, without their secrets; URLs only as far as the host for who may not change them',
      allow: 'alert',
      query: channelListQuery,
      answer: pageOf(channel),
      handle(call) {
        const page = repositories.channels.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map((record) => present(record, principalOf(call))) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/channels',
      tag,
      summary: 'Add a channel',
      allow: 'administer',
      action: 'channel.create',
      body: channelInput,
      answer: channel,
      status: 201,
      handle(call) {
        const { tenant } = principalOf(call);
        const { values, secrets } = valuesOf(call.body);
        const id = keepUnique('name', 'channel', () =>
          repositories.channels.insert(tenant, values, (newId) => seal(tenant, newId, secrets), now()),
        );
        call.audit({ target: `channels/${id}` });
        return present(get(tenant, id), principalOf(call));
      },
    }),
    endpoint({
      method: 'get',
      path: '/channels/:id',
      tag,
      summary: 'A channel, without its secrets',
      allow: 'alert',
      params: idParams,
      answer: channel,
      handle: (call) => present(get(principalOf(call).tenant, call.params.id), principalOf(call)),
    }),
    endpoint({
      method: 'put',
      path: '/channels/:id',
      tag,
      summary: 'Replace a channel; a secret that is left out keeps its value',
      allow: 'administer',
      action: 'channel.update',
      params: idParams,
      body: channelInput,
      answer: channel,
      handle(call) {
        const { tenant } = principalOf(call);
        const before = get(tenant, call.params.id);
        const { values, secrets } = valuesOf(call.body);
        const kept = before.type === values.type ? before.sealed : {};
        const sealed = { ...kept, ...seal(tenant, before.id, secrets) };
        keepUnique('name', 'channel', () =>
          repositories.channels.update(tenant, before.id, { ...values, sealed }, now()),
        );
        alerts.channelChanged(before.id);
        call.audit({ target: `channels/${before.id}` });
        return present(get(tenant, before.id), principalOf(call));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/channels/:id',
      tag,
      summary: 'Remove a channel that no rule names',
      allow: 'administer',
      action: 'channel.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const record = get(tenant, call.params.id);
        const rules = repositories.alertRules.countOfChannel(tenant, record.id);
        if (rules > 0) throw new Refusal('in_use', `Channel in use by ${rules} alert rule(s)`);
        repositories.channels.delete(tenant, record.id);
        call.audit({ target: `channels/${record.id}`, detail: { name: record.name } });
        return undefined;
      },
    }),
    endpoint({
      method: 'post',
      path: '/channels/:id/test',
      tag,
      summary: 'Send a test message now, and say what came of it',
      allow: 'alert',
      action: 'channel.test',
      params: idParams,
      answer: channelTestResult,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { id } = get(tenant, call.params.id);
        const startMs = clock.monotonicMs();
        const signal = AbortSignal.any([call.context.req.raw.signal, AbortSignal.timeout(TEST_TIMEOUT_MS)]);
        const outcome = await testChannel(tenant, id, signal);
        call.audit({ target: `channels/${id}`, detail: { ok: outcome.ok } });
        return { ...outcome, duration_ms: Math.round(clock.monotonicMs() - startMs) };
      },
    }),
  ];
}
