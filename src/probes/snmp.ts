/** Probe `snmp`: recognises the device, then polls what its template says. */
import { z } from 'zod';
import type { Cancellation } from '../lib/cancellation.ts';
import type { SnmpCredential } from '../snmp/credential.ts';
import { failure, isFailure, type SnmpFailure } from '../snmp/failure.ts';
import { SnmpSession } from '../snmp/session.ts';
import type { DevicePoll } from '../templates/device-poll.ts';
import type { FetchGroup, PollResult } from '../templates/poll-plan.ts';
import { type Recognition, recognise } from '../templates/recognise.ts';
import { declare } from './fields.ts';
import {
  defineProbe,
  NO_TAGS,
  type ProbeEvent,
  type ProbeResult,
  type ProbeRun,
  type ProbeTarget,
  type ProbeTools,
} from './probe.ts';
import { snmpCredential } from './snmp-credential.ts';
import { diagnoseSilence } from './snmp-diagnosis.ts';
import { fetchGroups, isFatal, SnmpFetchError, SnmpFetcher } from './snmp-fetcher.ts';

const settings = z.strictObject({
  port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe('UDP port, when it differs from the one of the credential profile'),
});
type Settings = z.output<typeof settings>;

export const snmpProbe = defineProbe({
  id: 'snmp',
  name: 'SNMP',
  description: 'Everything that the device tells by SNMP v1, v2c or v3, as its template says.',
  settings,
  defaultIntervalS: 10,
  credentials: ['snmp_v1', 'snmp_v2c', 'snmp_v3'],
  fields: declare('snmp', {
    up: ['state', '', 'The device answered SNMP'],
    poll_duration_ms: ['gauge', 'milliseconds', 'How long the poll took'],
    sys_uptime_seconds: ['gauge', 'seconds', 'Time since the agent started'],
    requests: ['gauge', 'packets', 'Request packets of the poll, repetitions included'],
    timeouts: ['gauge', 'packets', 'Requests of the poll that were not answered in time'],
    varbinds: ['gauge', 'objects', 'Values that the device sent in the poll'],
  }),
  start: (target, chosen, tools) => new SnmpRun(target, chosen, tools),
});

class SnmpRun implements ProbeRun {
  readonly #target: ProbeTarget;
  readonly #settings: Settings;
  readonly #tools: ProbeTools;
  #session: SnmpSession | undefined;
  #credential: SnmpCredential | undefined;
  #poll: DevicePoll | undefined;
  #recognition: Recognition | undefined;
  #warned = 0;
  /** When each group was read last, in turns. */
  readonly #readInTurn = new Map<string, number>();
  #turn = 0;
  /** What silence was explained with last; looked into anew when a device falls silent. */
  #silence: SnmpFailure | undefined;

  constructor(target: ProbeTarget, chosen: Settings, tools: ProbeTools) {
    this.#target = target;
    this.#settings = chosen;
    this.#tools = tools;
  }

  async poll(stop: Cancellation): Promise<ProbeResult> {
    const { clock } = this.#tools;
    const startMs = clock.monotonicMs();
    const session = await this.#open();
    if (isFailure(session)) return { rows: [row(0, {})], error: session };
    session.cancelWith(stop.signal);
    const before = { ...session.counters };
    const answersBefore = session.answers;
    const { failed, result } = await this.#fetch(session);
    const counted = {
      poll_duration_ms: Math.round((clock.monotonicMs() - startMs) * 1000) / 1000,
      requests: session.counters.requests - before.requests,
      timeouts: session.counters.timeouts - before.timeouts,
      varbinds: session.counters.varbinds - before.varbinds,
    };
    const events = this.#warnings(session);
    if (!failed) this.#silence = undefined;
    const answers = session.answers - answersBefore;
    const error = failed && !stop.aborted ? await this.#explain(session, failed, answers, counted) : failed;
    // What was read before it went wrong counts: a device behind a poor link, or one too large for one poll, is not dark.
    const told = result ? this.#result(session, result, counted, events) : { rows: [row(0, counted)], events };
    return error ? { ...told, error } : told;
  }

  close(): void {
    this.#session?.close();
  }

  /** The session, opened anew when the name leads to another address. */
  async #open(): Promise<SnmpSession | SnmpFailure> {
    const resolved = await this.#tools.resolve(this.#target.address);
    if (resolved.kind === 'failure') return failure('unreachable', resolved.message);
    if (this.#session?.address === resolved.address) return this.#session;
    const credential = snmpCredential(this.#target.credential, this.#settings.port);
    if (isFailure(credential)) return credential;
    const { udp, clock, engines } = this.#tools;
    this.#session?.close();
    this.#credential = credential;
    this.#poll = undefined;
    this.#warned = 0;
    const { budget } = this.#target;
    this.#session = new SnmpSession({ udp, clock, engines, address: resolved.address, credential, budget });
    return this.#session;
  }

  /** What was read, and what spoils the poll, either of them or both. */
  async #fetch(session: SnmpSession): Promise<Fetched> {
    const poll = this.#poll ?? (await this.#recognise(session));
    if (isFailure(poll)) return { failed: poll };
    const nowMs = this.#tools.clock.nowMs();
    let worst: SnmpFailure | undefined;
    let isAnyRead = false;
    for (let due = poll.due(nowMs); due.length > 0; due = poll.due(nowMs)) {
      for (const [group, data] of await fetchGroups(session, this.#longestWaitingFirst(due))) {
        if (isFailure(data)) worst = this.#failed(poll, group, data);
        else {
          poll.accept(group, data);
          this.#readInTurn.set(group.id, ++this.#turn);
          isAnyRead = true;
        }
      }
    }
    const result = poll.result();
    if (worst && !isAnyRead) return { failed: worst };
    if (result.rebooted && this.#target.template === undefined) this.#poll = undefined;
    return worst && isFatal(worst) ? { failed: worst, result } : { result };
  }

  /** A device that is too large or too slow for one poll is read in several: what was left out is next. */
  #longestWaitingFirst(due: readonly FetchGroup[]): FetchGroup[] {
    const turnOf = ({ id }: FetchGroup) => this.#readInTurn.get(id) ?? 0;
    return due.toSorted((a, b) => turnOf(a) - turnOf(b));
  }

  #failed(poll: DevicePoll, group: FetchGroup, refused: SnmpFailure): SnmpFailure {
    poll.fail(group);
    if (!isFatal(refused)) {
      this.#session?.traits.warn(`table:${group.id}`, `${group.id} could not be read: ${refused.message}`);
    }
    return refused;
  }

  async #recognise(session: SnmpSession): Promise<DevicePoll | SnmpFailure> {
    const { plans } = this.#tools;
    try {
      this.#recognition = await recognise(plans.library, new SnmpFetcher(session));
    } catch (error) {
      if (error instanceof SnmpFetchError) return error.failure;
      throw error;
    }
    const template = this.#target.template ?? this.#recognition.template;
    const { interfaces, interfaceRuling, knownInterfaces } = this.#target;
    const poll = plans.poll(template, { interfaces, interfaceRuling, knownInterfaces });
    if (typeof poll === 'string') {
      return failure(
        'bad_credential',
        `The template ${template} cannot be used: ${poll}. Choose another one for this device.`,
      );
    }
    this.#poll = poll;
    return poll;
  }

  /** @param answers how many requests of this poll were answered before one was not */
  async #explain(
    session: SnmpSession,
    found: SnmpFailure,
    answers: number,
    { requests, timeouts }: { readonly requests: number; readonly timeouts: number },
  ): Promise<SnmpFailure> {
    if (found.code !== 'timeout' || !this.#credential) return found;
    if (answers > 0) {
      const { address } = session;
      return failure(
        'timeout',
        `${address} answers SNMP, but fell silent in the middle of the poll (${timeouts} of ${requests} packets were not answered): the link loses packets, or its agent has too much to do. Check the link, or poll it less often.`,
      );
    }
    // A device that stays silent is not asked three times over in every poll.
    session.isPatient = false;
    this.#silence ??= await diagnoseSilence(
      this.#tools,
      session.address,
      this.#credential,
      session.engineId !== undefined,
    );
    return this.#silence;
  }

  #warnings(session: SnmpSession): ProbeEvent[] {
    const fresh = session.traits.warnings.slice(this.#warned);
    this.#warned += fresh.length;
    return fresh.map(({ code, message }) => ({ event: code, after: message }));
  }

  #result(
    session: SnmpSession,
    polled: PollResult,
    counted: Record<string, number>,
    events: ProbeEvent[],
  ): ProbeResult {
    const recognition = this.#recognition!;
    const { uptimeSeconds } = polled;
    if (polled.rebooted) events.push({ event: 'rebooted', after: { uptime_seconds: uptimeSeconds } });
    const uptime = uptimeSeconds === undefined ? {} : { sys_uptime_seconds: uptimeSeconds };
    const engine = session.engineId === undefined ? {} : { engine_id: session.engineId };
    const found = { sys_object_id: recognition.sysObjectId, sys_descr: recognition.sysDescr };
    return {
      rows: [row(1, { ...counted, ...uptime }), ...polled.rows],
      ended: polled.ended,
      events,
      ...(polled.facts
        ? {
            facts: {
              template: this.#target.template ?? recognition.template,
              confidence: recognition.confidence,
              reasons: recognition.reasons,
              facts: { ...found, ...engine, ...polled.facts },
            },
          }
        : {}),
      ...(polled.interfaces ? { interfaces: polled.interfaces } : {}),
      ...(polled.facts && this.#poll ? { fields: this.#poll.plan.fields } : {}),
    };
  }
}

interface Fetched {
  readonly failed?: SnmpFailure;
  readonly result?: PollResult;
}

function row(up: 0 | 1, fields: Readonly<Record<string, number>>) {
  return { measurement: 'snmp', tags: NO_TAGS, fields: { up, ...fields } };
}
