/** What to scan, and scanning it. */
import { z } from 'zod';
import type { DiscoveryProfileRecord, DiscoveryProfileValues } from '../../db/discovery.ts';
import { DEFAULT_SITE } from '../../db/sites.ts';
import { keepUnique } from '../../db/unique.ts';
import { type FieldProblem, Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { idParams, pageOf } from '../contract/common.ts';
import {
  discoveryFound,
  discoveryProfile,
  discoveryProfileInput,
  discoveryProfileListQuery,
  discoveryRunQuery,
  discoveryStarted,
} from '../contract/discovery.ts';
import { type Endpoint, endpoint, principalOf, Reply } from '../endpoint.ts';
import type { DiscoveryService, Services } from '../services.ts';
import { presentDiscovered } from './discovered-devices.ts';

type Input = z.output<typeof discoveryProfileInput>;
type NeededServices = Pick<Services, 'repositories' | 'clock'> & { readonly discovery: DiscoveryService };

function present(record: DiscoveryProfileRecord) {
  const { tenant_id: _, time_zone: __, ...shown } = record;
  return { ...shown, credential_profile_id: record.credential_profile_ids[0] ?? null };
}

export function discoveryProfileRoutes(services: NeededServices): Endpoint[] {
  const { repositories, discovery, clock } = services;
  const tag = 'discovery';
  const get = (tenant: TenantId, id: number): DiscoveryProfileRecord => {
    const record = repositories.discovery.profile(tenant, id);
    if (!record) throw Refusal.notFound('Discovery Profile');
    return record;
  };
  const now = () => new Date(clock.nowMs());
  return [
    endpoint({
      method: 'get',
      path: '/discovery-profiles',
      tag,
      summary: 'Discovery profiles',
      allow: 'read',
      query: discoveryProfileListQuery,
      answer: pageOf(discoveryProfile),
      handle(call) {
        const page = repositories.discovery.profiles(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(present) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/discovery-profiles',
      tag,
      summary: 'Add a discovery profile: addresses, and the credential profiles to try in order',
      allow: 'operate',
      action: 'discovery_profile.create',
      body: discoveryProfileInput,
      answer: discoveryProfile,
      status: 201,
      handle(call) {
        const { tenant } = principalOf(call);
        const values = check(services, tenant, call.body);
        const id = keepUnique('name', 'Discovery Profile', () =>
          repositories.discovery.insertProfile(tenant, values, now()),
        );
        discovery.changed();
        call.audit({ target: `discovery-profiles/${id}` });
        return present(get(tenant, id));
      },
    }),
    endpoint({
      method: 'get',
      path: '/discovery-profiles/:id',
      tag,
      summary: 'A discovery profile',
      allow: 'read',
      params: idParams,
      answer: discoveryProfile,
      handle: (call) => present(get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/discovery-profiles/:id',
      tag,
      summary: 'Replace a discovery profile',
      allow: 'operate',
      action: 'discovery_profile.update',
      params: idParams,
      body: discoveryProfileInput,
      answer: discoveryProfile,
      handle(call) {
        const { tenant } = principalOf(call);
        const { id } = get(tenant, call.params.id);
        const values = check(services, tenant, call.body);
        keepUnique('name', 'Discovery Profile', () => repositories.discovery.updateProfile(tenant, id, values, now()));
        discovery.changed();
        call.audit({ target: `discovery-profiles/${id}` });
        return present(get(tenant, id));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/discovery-profiles/:id',
      tag,
      summary: 'Remove a discovery profile; its devices and findings stay',
      allow: 'operate',
      action: 'discovery_profile.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const { id, name, last_run_id } = get(tenant, call.params.id);
        if (last_run_id !== null && repositories.discovery.run(tenant, last_run_id)?.state === 'running') {
          discovery.cancel(last_run_id);
        }
        repositories.discovery.deleteProfile(tenant, id);
        discovery.changed();
        call.audit({ target: `discovery-profiles/${id}`, detail: { name } });
        return undefined;
      },
    }),
    endpoint({
      method: 'post',
      path: '/discovery-profiles/:id/run',
      tag,
      summary: 'Scan now; with wait=true the answer comes when the scan is over',
      allow: 'operate',
      action: 'discovery_profile.run',
      params: idParams,
      query: discoveryRunQuery,
      answer: z.union([discoveryStarted, discoveryFound]),
      status: 202,
      async handle(call) {
        const { tenant } = principalOf(call);
        const profile = get(tenant, call.params.id);
        const run = discovery.start(profile);
        call.audit({ target: `discovery-profiles/${profile.id}`, detail: { run_id: run.id } });
        if (!call.query.wait) return { run_id: run.id };
        await discovery.finished(run.id, call.context.req.raw.signal);
        const devices = repositories.discoveredDevices.ofRun(tenant, run.id).map(presentDiscovered);
        return new Reply({ run_id: run.id, found: devices.length, devices }, { status: 200 });
      },
    }),
  ];
}

function check({ repositories, discovery }: NeededServices, tenant: TenantId, input: Input): DiscoveryProfileValues {
  const ids =
    input.credential_profile_ids ?? (input.credential_profile_id === undefined ? [] : [input.credential_profile_id]);
  const missing = ids.find((id) => !repositories.credentialProfiles.get(tenant, id));
  if (missing !== undefined) {
    const path = input.credential_profile_ids
      ? `credential_profile_ids.${ids.indexOf(missing)}`
      : 'credential_profile_id';
    throw new Refusal('not_found', 'Credential Profile not found', [
      { path, message: 'There is no such Credential Profile.' },
    ]);
  }
  const problems: FieldProblem[] = [];
  ids.forEach((id, index) => {
    if (ids.indexOf(id) < index) problems.push({ path: `credential_profile_ids.${index}`, message: 'is there twice' });
  });
  const siteName = input.site ?? DEFAULT_SITE;
  const site = repositories.sites.byName(tenant, siteName);
  if (!site) problems.push({ path: 'site', message: `is not known: there is no site ${siteName}` });
  if (input.component_id != null) {
    problems.push({ path: 'component_id', message: `is not known: there is no component ${input.component_id}` });
  }
  const { name, subnet } = input;
  const exclude = input.exclude ?? null;
  const schedule = input.schedule ?? null;
  const import_rule = input.import_rule ?? null;
  problems.push(...discovery.check({ subnet, exclude, schedule, import_rule }));
  if (problems.length > 0 || !site) {
    throw new Refusal('invalid', problems.map(({ path, message }) => `${path} ${message}`).join('; '), problems);
  }
  return {
    name,
    subnet,
    exclude,
    schedule,
    site_id: site.id,
    component_id: null,
    port_scan: input.port_scan ?? false,
    tcp_ports: [...new Set(input.tcp_ports)].toSorted((a, b) => a - b),
    auto_import: input.auto_import ?? false,
    import_rule,
    credential_profile_ids: ids,
  };
}
