/** What main and the collect thread say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { LogMessage } from '../lib/thread-log.ts';
import type { CollectorConfig, CollectorConfigDelta } from '../model/collector-config.ts';
import type { Observation, ObservedInterface } from '../model/observation.ts';
import type { CredentialTestRequest, InspectRequest } from './device-test.ts';
import type { CollectorStatus } from './status.ts';

export interface CollectThreadData {
  /** Of the store: `Store.appendPort()`. */
  readonly broker: MessagePort;
  /** Text of the key file that opens sealed secrets. */
  readonly keyFile: string;
  /** Where native add-ons are unpacked; absent when run from sources. */
  readonly nativeFolder?: string;
  /** Where the programs of added plugins are; absent: none are run. */
  readonly pluginsFolder?: string;
}

/** Questions that are answered, by name. */
export type Question =
  | { readonly name: 'configure'; readonly config: CollectorConfig | CollectorConfigDelta }
  | { readonly name: 'poll_now'; readonly monitorId: string }
  | { readonly name: 'test_credential'; readonly request: CredentialTestRequest }
  | { readonly name: 'inspect'; readonly request: InspectRequest }
  | { readonly name: 'ping'; readonly address: string }
  | { readonly name: 'open_ports'; readonly address: string; readonly ports: readonly number[] };

export type CollectRequest =
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'interfaces'; readonly id: number; readonly interfaces: readonly ObservedInterface[] }
  | { readonly kind: 'close' };

export type CollectMessage =
  | LogMessage
  | { readonly kind: 'ready' }
  | { readonly kind: 'observations'; readonly observations: readonly Observation[] }
  | { readonly kind: 'status'; readonly status: CollectorStatus }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** The question could not be answered because of an error in our own code. */
  | { readonly kind: 'broken'; readonly id: number; readonly message: string }
  | { readonly kind: 'want_interfaces'; readonly id: number; readonly deviceId: string }
  | { readonly kind: 'closed' };
