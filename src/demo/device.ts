/** What every simulated device is made of. A kind of device is a file in `devices/` that returns one of these. */
import type { MibNumber, MibText, MibValue } from '../snmp/mib.ts';

export interface SimulatedDevice {
  readonly name: string;
  readonly values: ReadonlyMap<string, MibValue>;
  /** Moves the device on: `seconds` since the last step, `load` 0…1 by shift. */
  step(seconds: number, load: number, atMs: number): void;
}

/** Collects a device's objects by OID. */
export class MibBuilder {
  readonly values = new Map<string, MibValue>();

  number(oid: string, type: MibNumber['type'], value: number): MibNumber {
    const object: MibNumber = { type, value };
    this.values.set(oid, object);
    return object;
  }

  integer(oid: string, value: number): MibNumber {
    return this.number(oid, 'integer', value);
  }

  gauge(oid: string, value: number): MibNumber {
    return this.number(oid, 'gauge32', value);
  }

  text(oid: string, value: string): MibText {
    const object: MibText = { type: 'octetString', value };
    this.values.set(oid, object);
    return object;
  }

  objectId(oid: string, value: string): void {
    this.values.set(oid, { type: 'oid', value });
  }
}

export interface SystemGroup {
  readonly descr: string;
  readonly objectId: string;
  readonly name: string;
  readonly location: string;
}

/** The system group (RFC 3418); the returned object is sysUpTime. */
export function addSystem(mib: MibBuilder, system: SystemGroup): MibNumber {
  mib.text('1.3.6.1.2.1.1.1.0', system.descr);
  mib.objectId('1.3.6.1.2.1.1.2.0', system.objectId);
  mib.text('1.3.6.1.2.1.1.4.0', 'control-room@plant.example');
  mib.text('1.3.6.1.2.1.1.5.0', system.name);
  mib.text('1.3.6.1.2.1.1.6.0', system.location);
  return mib.number('1.3.6.1.2.1.1.3.0', 'timeTicks', 0);
}
