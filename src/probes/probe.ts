/**
 * What a probe is: a schema for its settings and a function that makes a run for one monitor. A run is polled again and
 * again and may keep state (a session, counters); it answers with values, never with an exception for what the network
 * does. Rows carry no `device_id` and `monitor_id`: whoever stores them adds these.
 */
import type { z } from 'zod';
import type { Pinger } from '../icmp/echo.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { CredentialType } from '../model/collector-config.ts';
import type { FieldMetadata } from '../model/field.ts';
import type { InterfaceRuling } from '../model/interface-rule.ts';
import type { DeviceFacts, ObservedInterface, PollError } from '../model/observation.ts';
import type { EngineRegistry } from '../snmp/engine-registry.ts';
import type { PacketBudget } from '../snmp/packet-budget.ts';
import type { UdpPort } from '../snmp/udp.ts';
import type { EndedRow, PolledRow } from '../templates/poll-plan.ts';
import type { PlanCache } from './plan-cache.ts';

/** A credential with its secrets open. Never log one. */
export interface OpenCredential {
  readonly type: CredentialType;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the runs of one thread share. */
export type ResolvedAddress = { readonly kind: 'address'; readonly address: string } | ProbeFailure;

export interface ProbeTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly udp: UdpPort;
  readonly engines: EngineRegistry;
  readonly pinger: Pinger;
  readonly plans: PlanCache;
  /** A literal address for a literal address or a DNS name; at once where nobody need be asked. Never rejects. */
  resolve(address: string): Promise<ResolvedAddress> | ResolvedAddress;
}

export interface ProbeFailure {
  readonly kind: 'failure';
  readonly code: string;
  readonly message: string;
}

/** What one monitor is about. */
export interface ProbeTarget {
  readonly deviceId: string;
  readonly monitorId: string;
  /** IPv4, IPv6 or DNS name. */
  readonly address: string;
  readonly credential?: OpenCredential;
  /** Chosen template; absent: recognise. */
  readonly template?: string;
  /** By `ifname`: what a person decided to poll or not. */
  readonly interfaces: Readonly<Record<string, boolean>>;
  /** What rules say of the others; absent: there are none. */
  readonly interfaceRuling?: InterfaceRuling;
  /** As stored last, so that interfaces keep their identity over a restart. */
  readonly knownInterfaces: readonly ObservedInterface[];
  readonly budget: PacketBudget;
}

export interface ProbeEvent {
  readonly event: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface RecognisedFacts {
  readonly template: string;
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly facts: DeviceFacts;
}

export interface ProbeResult {
  readonly rows: readonly PolledRow[];
  /** Absent when the poll succeeded. */
  readonly error?: PollError;
  readonly ended?: readonly EndedRow[];
  readonly facts?: RecognisedFacts;
  /** Facts from beside recognition: they fill gaps. */
  readonly addedFacts?: DeviceFacts;
  readonly interfaces?: readonly ObservedInterface[];
  readonly events?: readonly ProbeEvent[];
  /** Fields that this run stores beyond those its probe declares, told once. */
  readonly fields?: readonly FieldMetadata[];
}

export interface ProbeRun {
  /** One poll. Ends early when `stop` says so. */
  poll(stop: Cancellation): Promise<ProbeResult>;
  close(): void;
}

export interface Probe<S extends z.ZodType = z.ZodType> {
  /** The plugin's ID. */
  readonly id: string;
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly settings: S;
  readonly defaultIntervalS: number;
  /** Types of credential profiles that it can use; empty: none is needed. */
  readonly credentials: readonly CredentialType[];
  readonly fields: readonly FieldMetadata[];
  start(target: ProbeTarget, settings: z.output<S>, tools: ProbeTools): ProbeRun;
}

/** Of rows that are told apart by their monitor alone; one object, so that what is made of it is found again. */
export const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});

/** Keeps the link between schema and settings while probes of all kinds stand in one table. */
export function defineProbe<S extends z.ZodType>(probe: Probe<S>): Probe<S> {
  return probe;
}
