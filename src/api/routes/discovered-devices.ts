/** Scans that ran, what they found, and making devices of it. */
import type { DiscoveredDeviceRecord } from '../../db/discovered-devices.ts';
import type { DiscoveryRunRecord } from '../../db/discovery.ts';
import { importRuleProblems, importTest } from '../../discovery/import-rule.ts';
import { importDiscovered } from '../../fleet/import.ts';
import type { ImportRule } from '../../model/import-rule.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { idParams, pageOf } from '../contract/common.ts';
import {
  discoveredDevice,
  discoveredListQuery,
  discoveryRun,
  discoveryRunListQuery,
  importAnswer,
  importInput,
} from '../contract/discovery.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import { mapInTransactions } from '../in-transactions.ts';
import type { DiscoveryService, Services } from '../services.ts';

export function presentDiscovered(record: DiscoveredDeviceRecord) {
  const { tenant_id: _, site_id: __, address_key: ___, ...shown } = record;
  return shown;
}

/** A run as the API and live messages show it. */
export function presentRun(record: DiscoveryRunRecord) {
  const { tenant_id: _, ...shown } = record;
  return shown;
}

type NeededServices = Pick<Services, 'repositories' | 'fleet'> & { readonly discovery: DiscoveryService };

export function discoveredDeviceRoutes({ repositories, discovery, fleet }: NeededServices): Endpoint[] {
  const tag = 'discovery';
  const run = (tenant: TenantId, id: number): DiscoveryRunRecord => {
    const record = repositories.discovery.run(tenant, id);
    if (!record) throw Refusal.notFound('Discovery run');
    return record;
  };
  return [
    endpoint({
      method: 'get',
      path: '/discovery-runs',
      tag,
      summary: 'Scans, newest first',
      allow: 'read',
      query: discoveryRunListQuery,
      answer: pageOf(discoveryRun),
      handle(call) {
        const page = repositories.discovery.runs(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(presentRun) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/discovery-runs/:id',
      tag,
      summary: 'How far a scan is',
      allow: 'read',
      params: idParams,
      answer: discoveryRun,
      handle: (call) => presentRun(run(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'post',
      path: '/discovery-runs/:id/cancel',
      tag,
      summary: 'Stop a scan; what it found stays',
      allow: 'operate',
      action: 'discovery_run.cancel',
      params: idParams,
      answer: discoveryRun,
      handle(call) {
        const { tenant } = principalOf(call);
        const { id, state } = run(tenant, call.params.id);
        if (state !== 'running') throw new Refusal('conflict', `The run is over: it is ${state}.`);
        discovery.cancel(id);
        call.audit({ target: `discovery-runs/${id}` });
        return presentRun(run(tenant, id));
      },
    }),
    endpoint({
      method: 'get',
      path: '/discovered-devices',
      tag,
      summary: 'The newest finding of every address that answered a scan',
      allow: 'read',
      query: discoveredListQuery,
      answer: pageOf(discoveredDevice),
      handle(call) {
        const page = repositories.discoveredDevices.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(presentDiscovered) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/discovered-devices/import',
      tag,
      summary: 'Make devices of findings: some, all that are none yet, or those of them that fit a rule',
      allow: 'operate',
      action: 'discovered_device.import',
      body: importInput,
      answer: importAnswer,
      async handle(call) {
        const { tenant } = principalOf(call);
        const found = wanted(repositories, tenant, call.body);
        const results = await mapInTransactions(repositories, found, (record) =>
          importDiscovered(fleet.devices, tenant, record),
        );
        const refused = results.filter((result) => result.detail !== undefined).length;
        const counts = { imported: results.length - refused, refused };
        call.audit({ detail: 'ids' in call.body ? counts : { ...call.body, ...counts } });
        return { ...counts, results };
      },
    }),
  ];
}

type ImportBody =
  | { ids: readonly number[] }
  | { all: true; profile_id?: number | undefined }
  | { rule: ImportRule; profile_id?: number | undefined };

function wanted(repositories: Services['repositories'], tenant: TenantId, body: ImportBody): DiscoveredDeviceRecord[] {
  if ('all' in body) return repositories.discoveredDevices.notImported(tenant, body.profile_id);
  if ('rule' in body) {
    const problems = importRuleProblems(body.rule, 'rule');
    const [first] = problems;
    if (first) throw new Refusal('invalid', `${first.path} ${first.message}`, problems);
    return repositories.discoveredDevices.notImported(tenant, body.profile_id).filter(importTest(body.rule));
  }
  const records = [...new Set(body.ids)].map((id) => ({ id, record: repositories.discoveredDevices.get(tenant, id) }));
  const missing = records.filter(({ record }) => !record).map(({ id }) => id);
  if (missing.length > 0) throw new Refusal('not_found', `Discovered devices not found: ${missing.join(', ')}`);
  return records.flatMap(({ record }) => record ?? []);
}
