/** Places that devices belong to. */
import { DEFAULT_SITE, type SiteRecord } from '../../db/sites.ts';
import { keepUnique } from '../../db/unique.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { site, siteInput, siteListQuery, sitePatch } from '../contract/sites.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

function present(record: SiteRecord) {
  const { tenant_id: _, ...shown } = record;
  return shown;
}

type Values = Partial<Pick<SiteRecord, 'name' | 'time_zone' | 'description'>>;

export function siteRoutes({
  fleet,
  repositories,
  clock,
}: Pick<Services, 'fleet' | 'repositories' | 'clock'>): Endpoint[] {
  const tag = 'sites';
  const get = (tenant: TenantId, id: number): SiteRecord => {
    const record = repositories.sites.get(tenant, id);
    if (!record) throw Refusal.notFound('Site');
    return record;
  };
  const change = (tenant: TenantId, id: number, values: Values) => {
    const before = get(tenant, id);
    if (before.name === DEFAULT_SITE && values.name !== undefined && values.name !== DEFAULT_SITE) {
      throw new Refusal('conflict', 'The site default keeps its name: devices for which none is said belong to it.');
    }
    keepUnique('name', 'site', () => repositories.sites.update(tenant, id, values, new Date(clock.nowMs())));
    // The name is joined to the series of every device there.
    if (values.name !== undefined && values.name !== before.name) fleet.joiner.site(id);
    return present(get(tenant, id));
  };
  return [
    endpoint({
      method: 'get',
      path: '/sites',
      tag,
      summary: 'Sites',
      allow: 'read',
      query: siteListQuery,
      answer: pageOf(site),
      handle(call) {
        const page = repositories.sites.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(present) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/sites',
      tag,
      summary: 'Add a site',
      allow: 'operate',
      action: 'site.create',
      body: siteInput,
      answer: site,
      status: 201,
      handle(call) {
        const { tenant } = principalOf(call);
        const { name, time_zone = 'UTC', description = '' } = call.body;
        const values = { name, time_zone, description };
        const id = keepUnique('name', 'site', () => repositories.sites.insert(tenant, values, new Date(clock.nowMs())));
        call.audit({ target: `sites/${id}` });
        return present(get(tenant, id));
      },
    }),
    endpoint({
      method: 'get',
      path: '/sites/:id',
      tag,
      summary: 'A site',
      allow: 'read',
      params: idParams,
      answer: site,
      handle: (call) => present(get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/sites/:id',
      tag,
      summary: 'Replace a site',
      allow: 'operate',
      action: 'site.update',
      params: idParams,
      body: siteInput,
      answer: site,
      handle(call) {
        const { name, time_zone = 'UTC', description = '' } = call.body;
        call.audit({ target: `sites/${call.params.id}` });
        return change(principalOf(call).tenant, call.params.id, { name, time_zone, description });
      },
    }),
    endpoint({
      method: 'patch',
      path: '/sites/:id',
      tag,
      summary: 'Change some of a site',
      allow: 'operate',
      action: 'site.update',
      params: idParams,
      body: sitePatch,
      answer: site,
      handle(call) {
        call.audit({ target: `sites/${call.params.id}` });
        return change(principalOf(call).tenant, call.params.id, given(call.body));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/sites/:id',
      tag,
      summary: 'Remove a site that holds nothing',
      allow: 'operate',
      action: 'site.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const record = get(tenant, call.params.id);
        if (record.name === DEFAULT_SITE) throw new Refusal('in_use', 'The site default stays.');
        if (record.device_count > 0) throw new Refusal('in_use', `Site in use by ${record.device_count} device(s)`);
        const profiles = repositories.sites.discoveryProfileCount(record.id);
        if (profiles > 0) throw new Refusal('in_use', `Site in use by ${profiles} discovery profile(s)`);
        repositories.sites.delete(tenant, record.id);
        call.audit({ target: `sites/${record.id}`, detail: { name: record.name } });
        return undefined;
      },
    }),
  ];
}

/** Without the keys that were not given. */
function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
