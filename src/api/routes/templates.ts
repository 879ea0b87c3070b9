/** Templates: shipped ones can be read, added ones also changed. An added one of the same ID wins. */
import { pageOfArray } from '../../db/page.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { pageOf } from '../contract/common.ts';
import {
  template,
  templateCheck,
  templateInput,
  templateListQuery,
  templateParams,
  templateText,
} from '../contract/templates.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function templateRoutes(services: Pick<Services, 'templates' | 'repositories' | 'fleet' | 'clock'>): Endpoint[] {
  const { templates, repositories, fleet, clock } = services;
  const tag = 'templates';
  const list = (tenant: TenantId) => {
    const counts = repositories.devices.countByTemplate(tenant);
    return templates.list(tenant).map((entry) => ({ ...entry, device_count: counts.get(entry.id) ?? 0 }));
  };
  const read = (tenant: TenantId, id: string) => {
    const found = list(tenant).find((entry) => entry.id === id);
    const yaml = templates.read(tenant, id);
    if (!found || yaml === undefined) throw Refusal.notFound('Template');
    return { ...found, yaml };
  };
  /** The ID that the text gives itself. */
  const check = (tenant: TenantId, yaml: string): string => {
    const result = templates.check(tenant, yaml);
    if ('id' in result) return result.id;
    const [first] = result.errors;
    throw new Refusal(
      'invalid',
      `The template is wrong: ${first?.path ?? 'yaml'}: ${first?.message ?? ''}`,
      result.errors,
    );
  };
  const save = (tenant: TenantId, id: string, yaml: string) => {
    repositories.templates.save(tenant, id, yaml, new Date(clock.nowMs()));
    templates.changed(tenant);
    fleet.configuration.touchAll();
    return read(tenant, id);
  };
  /** IDs have one part (`generic-snmp`) or two (`cisco/ios`). */
  const idOf = (params: { vendor: string; family?: string | undefined }): string =>
    params.family === undefined ? params.vendor : `${params.vendor}/${params.family}`;
  return [
    endpoint({
      method: 'get',
      path: '/templates',
      tag,
      summary: 'Templates, shipped and added',
      allow: 'read',
      query: templateListQuery,
      answer: pageOf(template),
      handle(call) {
        const wanted = call.query.q?.toLowerCase() ?? '';
        const found = list(principalOf(call).tenant).filter((entry) =>
          `${entry.id} ${entry.name}`.toLowerCase().includes(wanted),
        );
        return pageOfArray(found, call.query, (entry) => entry.id);
      },
    }),
    endpoint({
      method: 'post',
      path: '/templates',
      tag,
      summary: 'Add a template; an added one of the same ID is replaced',
      allow: 'operate',
      action: 'template.save',
      body: templateInput,
      answer: templateText,
      status: 201,
      handle(call) {
        const { tenant } = principalOf(call);
        const id = check(tenant, call.body.yaml);
        call.audit({ target: `templates/${id}`, detail: null });
        return save(tenant, id, call.body.yaml);
      },
    }),
    endpoint({
      method: 'post',
      path: '/templates/validate',
      tag,
      summary: 'What is wrong with a template, line by line; nothing is stored',
      allow: 'read',
      body: templateInput,
      answer: templateCheck,
      handle(call) {
        const result = templates.check(principalOf(call).tenant, call.body.yaml);
        return 'id' in result ? { valid: true, errors: [] } : { valid: false, errors: [...result.errors] };
      },
    }),
    ...['/templates/:vendor', '/templates/:vendor/:family'].flatMap((path) => [
      endpoint({
        method: 'get',
        path,
        tag,
        summary: 'A template with its text',
        allow: 'read',
        params: templateParams,
        answer: templateText,
        handle: (call) => read(principalOf(call).tenant, idOf(call.params)),
      }),
      endpoint({
        method: 'put',
        path,
        tag,
        summary: 'Replace the text of a template; a shipped one is overlaid by it',
        allow: 'operate',
        action: 'template.save',
        params: templateParams,
        body: templateInput,
        answer: templateText,
        handle(call) {
          const { tenant } = principalOf(call);
          const id = check(tenant, call.body.yaml);
          if (id !== idOf(call.params))
            throw Refusal.invalid('yaml', `has the ID ${id}, the address names ${idOf(call.params)}`);
          call.audit({ target: `templates/${id}`, detail: null });
          return save(tenant, id, call.body.yaml);
        },
      }),
      endpoint({
        method: 'delete',
        path,
        tag,
        summary: 'Remove an added template; the shipped one of its ID, if any, is in use again',
        allow: 'operate',
        action: 'template.delete',
        params: templateParams,
        handle(call) {
          const { tenant } = principalOf(call);
          const { id, origin, device_count } = read(tenant, idOf(call.params));
          if (origin === 'built_in')
            throw new Refusal('forbidden', `The template ${id} ships with the product: it stays.`);
          if (device_count > 0) throw new Refusal('in_use', `Template in use by ${device_count} device(s)`);
          const heirs = templates.heirs(tenant, id);
          if (heirs.length > 0)
            throw new Refusal(
              'in_use',
              `Template in use by ${heirs.length} template(s) that inherit it: ${heirs.join(', ')}`,
            );
          repositories.templates.delete(tenant, id);
          templates.changed(tenant);
          fleet.configuration.touchAll();
          call.audit({ target: `templates/${id}` });
          return undefined;
        },
      }),
    ]),
  ];
}
