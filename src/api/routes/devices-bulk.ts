/**
 * Many devices in one request: added, changed, removed, polled. Each is judged for itself, by the same rules and with the
 * same answer as a request for it alone, and those that are right are done. One entry in the audit log names all.
 */
import type { z } from 'zod';
import type { RemovedDevice } from '../../fleet/devices.ts';
import type { TenantId } from '../../model/tenant.ts';
import { labels as deviceLabels } from '../contract/common.ts';
import {
  deviceBulkAnswer,
  deviceBulkDelete,
  deviceBulkInput,
  deviceBulkOutcome,
  deviceBulkPatch,
  deviceBulkPoll,
  deviceBulkPollAnswer,
  deviceInput,
} from '../contract/devices.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import { mapInTransactions } from '../in-transactions.ts';
import { invalid, problemOf } from '../problem.ts';
import type { Services } from '../services.ts';
import { BulkPoll } from './bulk-poll.ts';
import { presentDevice } from './devices.ts';

const CREATE_LIMIT_BYTES = 10 << 20;

type NeededServices = Pick<Services, 'fleet' | 'repositories' | 'collect' | 'clock'>;

export function deviceBulkRoutes(services: NeededServices): Endpoint[] {
  const { fleet, repositories } = services;
  const tag = 'devices';
  const bulkPoll = new BulkPoll(services);
  return [
    endpoint({
      method: 'post',
      path: '/devices/bulk',
      tag,
      summary: 'Add many devices; each is judged for itself, and those that are right are added',
      allow: 'operate',
      action: 'device.bulk_create',
      body: deviceBulkInput,
      bodyLimitBytes: CREATE_LIMIT_BYTES,
      answer: deviceBulkAnswer,
      async handle(call) {
        const { tenant } = principalOf(call);
        const results = await mapInTransactions(repositories, call.body.devices, (wish, index) => ({
          index,
          ...judged(201, () => {
            const parsed = deviceInput.safeParse(wish);
            if (!parsed.success) throw invalid(parsed.error.issues, 'device');
            return { device: presentDevice(fleet.devices.create(tenant, parsed.data)) };
          }),
        }));
        const { done: created, refused } = counted(results);
        call.audit({ detail: { created, refused } });
        return { created, refused, results };
      },
    }),
    endpoint({
      method: 'patch',
      path: '/devices/bulk',
      tag,
      summary: 'Make the same change to many devices; labels are set or taken away, others stay',
      allow: 'operate',
      action: 'device.bulk_update',
      body: deviceBulkPatch,
      answer: deviceBulkOutcome,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { ids, change } = call.body;
        const { set_labels, ...patch } = change;
        const results = await mapInTransactions(repositories, ids, (id) => ({
          id,
          ...judged(200, () => {
            const labels = set_labels && changed(fleet.devices.get(tenant, id).labels, set_labels);
            fleet.devices.patch(tenant, id, { ...patch, labels });
            return {};
          }),
        }));
        return answered(call, results, { ids, change });
      },
    }),
    endpoint({
      method: 'post',
      path: '/devices/bulk/delete',
      tag,
      summary: 'Remove many devices; with cascade their monitors and their metrics go too',
      allow: 'operate',
      action: 'device.bulk_delete',
      body: deviceBulkDelete,
      answer: deviceBulkOutcome,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { ids, cascade = false } = call.body;
        const removed: RemovedDevice[] = [];
        const results = await mapInTransactions(repositories, ids, (id) => ({
          id,
          ...judged(204, () => {
            removed.push(fleet.devices.remove(tenant, id, cascade));
            return {};
          }),
        }));
        await fleet.devices.forget(tenant, removed);
        const devices = removed.map(({ device: { id, name, address } }) => ({ id, name, address }));
        return answered(call, results, { devices, cascade });
      },
    }),
    endpoint({
      method: 'post',
      path: '/devices/bulk/poll',
      tag,
      summary: 'Poll the enabled monitors of many devices now; what is not reached within a minute is left',
      allow: 'operate',
      action: 'device.bulk_poll',
      body: deviceBulkPoll,
      answer: deviceBulkPollAnswer,
      async handle(call) {
        const { tenant } = principalOf(call);
        const { ids } = call.body;
        const known = ids.map((id) => ({ id, ...judged(200, () => ({ monitors: monitorsOf(tenant, id) })) }));
        fleet.configuration.flush();
        const outcomes = await bulkPoll.run(
          known.flatMap((one) => ('monitors' in one ? one.monitors : [])),
          call.context.req.raw.signal,
        );
        const results = known.map(({ id, status, ...rest }) => {
          if (!('monitors' in rest)) return { id, status, ...rest, monitors: [] };
          return { id, status, monitors: rest.monitors.map((monitor) => outcomes.get(monitor.id)!) };
        });
        const of = (state: string) => [...outcomes.values()].filter((outcome) => outcome.state === state).length;
        const counts = { succeeded: of('succeeded'), failed: of('failed'), left: of('left') };
        call.audit({ detail: { ids, ...counts } });
        return { ...counts, results };
      },
    }),
  ];

  function monitorsOf(tenant: TenantId, deviceId: number) {
    fleet.devices.get(tenant, deviceId);
    return repositories.monitors.ofDevice(deviceId).filter((monitor) => monitor.enabled);
  }
}

interface Refused {
  readonly status: number;
  readonly detail: string;
  readonly errors: { path: string; message: string }[];
}

/** What `work` answers with its status, or the problem that a request for this device alone would be answered with. */
function judged<T extends object>(status: number, work: () => T): ({ status: number } & T) | Refused {
  try {
    return { status, ...work() };
  } catch (error) {
    const problem = problemOf(error);
    // What concerns not this device but the server (a full disk) ends the whole request.
    if (!problem || problem.status >= 500) throw error;
    return { status: problem.status, detail: problem.message, errors: [...problem.errors] };
  }
}

function counted(results: readonly { readonly status: number }[]): { done: number; refused: number } {
  const done = results.filter(({ status }) => status < 300).length;
  return { done, refused: results.length - done };
}

function answered(
  call: { audit(entry: { detail: unknown }): void },
  results: z.input<typeof deviceBulkOutcome>['results'],
  detail: object,
) {
  const counts = counted(results);
  call.audit({ detail: { ...detail, ...counts } });
  return { ...counts, results };
}

/** Labels with these set; null takes one away. @throws HttpProblem when there would be too many */
function changed(
  labels: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const all = Object.entries({ ...labels, ...changes });
  const merged = Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
  const parsed = deviceLabels.safeParse(merged);
  if (!parsed.success) throw invalid(parsed.error.issues, 'set_labels');
  return merged;
}
