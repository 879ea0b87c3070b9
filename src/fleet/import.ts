/** Makes devices of what a scan found. */
import type { DiscoveredDeviceRecord } from '../db/discovered-devices.ts';
import { Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Devices } from './devices.ts';

export interface ImportResult {
  /** Of the finding. */
  readonly id: number;
  readonly device_id: number | null;
  /** Why it was not imported. */
  readonly detail?: string;
}

/** Imports one finding; a device that has its address already is what it was imported as. */
export function importDiscovered(devices: Devices, tenant: TenantId, found: DiscoveredDeviceRecord): ImportResult {
  if (found.device_id !== null) return { id: found.id, device_id: found.device_id, detail: 'It is a device already.' };
  try {
    const device = devices.create(tenant, {
      address: found.address,
      site: found.site,
      credential_profile_id: found.credential_profile_id,
      // What the device calls itself comes with its facts; a name from DNS is the next best.
      ...(found.facts.name || !found.hostname ? {} : { name: found.hostname }),
    });
    return { id: found.id, device_id: device.id };
  } catch (error) {
    if (error instanceof Refusal) return { id: found.id, device_id: null, detail: error.message };
    throw error;
  }
}
