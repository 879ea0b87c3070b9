/**
 * What a probe learns that is not a sample. The same union travels between threads and, as JSON, from a remote
 * collector to the server (`POST /remote-collectors/:id/report`), in order with the rows of the same poll.
 */

import type { FieldMetadata } from './field.ts';

/** Why a poll failed, in words a technician can act on. `code` is stable, `message` is for people. */
export interface PollError {
  readonly code: string;
  readonly message: string;
}

export interface PollObservation {
  readonly kind: 'poll';
  readonly monitor_id: string;
  readonly device_id: string;
  /** When the poll began, milliseconds since 1970 UTC. */
  readonly at_ms: number;
  readonly duration_ms: number;
  /** Absent when the poll succeeded. */
  readonly error?: PollError;
}

/** Facts of a device; absent keys were not found. */
export interface DeviceFacts {
  readonly vendor?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly os?: string;
  readonly version?: string;
  readonly name?: string;
  readonly location?: string;
  readonly contact?: string;
  readonly sys_object_id?: string;
  readonly sys_descr?: string;
  readonly engine_id?: string;
  readonly mac?: string;
}

export interface FactsObservation {
  readonly kind: 'facts';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  /** Template that was recognised, e.g. `cisco/ios`. */
  readonly template: string;
  /** 0..1, and why. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly facts: DeviceFacts;
}

/** Facts that an added plugin found: they fill what recognition does not know. */
export interface AddedFactsObservation {
  readonly kind: 'added_facts';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  readonly facts: DeviceFacts;
}

export interface ObservedInterface {
  /** The stored `ifname` tag: stable for the life of the interface. */
  readonly ifname: string;
  readonly if_index: number;
  readonly name: string;
  readonly descr: string;
  readonly alias: string;
  /** ifType of IF-MIB. */
  readonly type: number;
  readonly mac: string;
  readonly speed_bits_per_second: number;
  /** 1 up, 2 down, … as in IF-MIB. */
  readonly admin_status: number;
  readonly oper_status: number;
  readonly polled: boolean;
}

export interface InterfacesObservation {
  readonly kind: 'interfaces';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  readonly interfaces: readonly ObservedInterface[];
}

/** Something changed at the device: it rebooted, an interface appeared, its engine ID is used twice, … */
export interface EventObservation {
  readonly kind: 'event';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  readonly event: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** No further samples will come for these row groups: the store writes stale markers. */
export interface SeriesEndObservation {
  readonly kind: 'series_end';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  /** Row groups of the monitor that end; absent: all of them. Tags without `device_id` and `monitor_id`. */
  readonly rows?: readonly { readonly measurement: string; readonly tags: Readonly<Record<string, string>> }[];
}

/** Kinds, units and help of fields that this monitor begins to store: the server declares them to its engine. */
export interface FieldsObservation {
  readonly kind: 'fields';
  readonly device_id: string;
  readonly monitor_id: string;
  readonly at_ms: number;
  readonly fields: readonly FieldMetadata[];
}

export type Observation =
  | PollObservation
  | FactsObservation
  | AddedFactsObservation
  | InterfacesObservation
  | EventObservation
  | SeriesEndObservation
  | FieldsObservation;
