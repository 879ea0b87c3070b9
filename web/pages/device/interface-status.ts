/** Numbers of IF-MIB as words (RFC 2863). */
import type { DeviceInterface } from '../../../src/api/contract.ts';
import { type Health, Mark } from '../../components/status.ts';
import { html, type VNode } from '../../html.ts';

const STATUS_WORDS = ['', 'Up', 'Down', 'Testing', 'Unknown', 'Dormant', 'Not present', 'Lower layer down'];

interface Shown {
  readonly word: string;
  readonly mark: Health;
}

/** An interface that a person switched off is no trouble; one that should be up and is not, is. */
export function interfaceStatus(row: Pick<DeviceInterface, 'admin_status' | 'oper_status' | 'gone'>): Shown {
  if (row.gone) return { word: 'Gone', mark: 'unknown' };
  if (row.admin_status === 2) return { word: 'Switched off', mark: 'discovering' };
  if (row.oper_status === 1) return { word: 'Up', mark: 'healthy' };
  const word = STATUS_WORDS[row.oper_status] || `Status ${row.oper_status}`;
  return { word, mark: row.oper_status === 2 || row.oper_status === 7 ? 'offline' : 'unknown' };
}

export function InterfaceStatus({ row }: { readonly row: DeviceInterface }): VNode {
  const { word, mark } = interfaceStatus(row);
  return html`<span class=${`status is-${mark}`}><${Mark} of=${mark} />${word}</span>`;
}

/** Frequent ifTypes of the IANA registry. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'other',
  6: 'Ethernet',
  24: 'loopback',
  53: 'virtual',
  71: 'Wi-Fi',
  131: 'tunnel',
  135: 'VLAN',
  136: 'IP VLAN',
  161: 'aggregate',
  209: 'bridge',
};

export function interfaceType(type: number): string {
  return TYPES[type] ?? `type ${type}`;
}
