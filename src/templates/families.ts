/**
 * The metric families that templates fill: measurement, its tags, and kind, unit and help of each field. A template
 * that needs a field which is not here declares it itself.
 */
import type { FieldKind, FieldMetadata } from '../model/field.ts';

export interface FieldDeclaration {
  readonly kind: FieldKind;
  readonly unit: string;
  readonly help: string;
}

export interface Family {
  /** Tags beside `device_id` and `monitor_id`. */
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, FieldDeclaration>>;
}

const gauge = (unit: string, help: string): FieldDeclaration => ({ kind: 'gauge', unit, help });
const counter = (unit: string, help: string): FieldDeclaration => ({ kind: 'counter', unit, help });
const state = (help: string): FieldDeclaration => ({ kind: 'state', unit: '', help });

/** What `sensor`'s tag `class` may be; the value's unit follows from it. */
export const SENSOR_CLASSES: Readonly<Record<string, string>> = {
  temperature: 'celsius',
  humidity: 'percent',
  fan: 'rpm',
  voltage: 'volts',
  current: 'amperes',
  power: 'watts',
  energy: 'watt_hours',
  frequency: 'hertz',
  airflow: 'cubic_metres_per_hour',
  pressure: 'pascals',
  signal: 'dbm',
  contact: '0 or 1',
  state: 'code',
  flow: 'cubic_metres_per_hour',
  ratio: 'decibels',
  percent: 'percent',
  reactive_power: 'volt_amperes_reactive',
  apparent_power: 'volt_amperes',
  power_factor: 'ratio',
};

export const FAMILIES: Readonly<Record<string, Family>> = {
  interface: {
    tags: ['ifname'],
    fields: {
      in_octets: counter('bytes', 'Octets received'),
      out_octets: counter('bytes', 'Octets sent'),
      in_unicast_packets: counter('packets', 'Unicast packets received'),
      out_unicast_packets: counter('packets', 'Unicast packets sent'),
      in_multicast_packets: counter('packets', 'Multicast packets received'),
      out_multicast_packets: counter('packets', 'Multicast packets sent'),
      in_broadcast_packets: counter('packets', 'Broadcast packets received'),
      out_broadcast_packets: counter('packets', 'Broadcast packets sent'),
      in_errors: counter('packets', 'Packets received with errors'),
      out_errors: counter('packets', 'Packets that could not be sent because of errors'),
      in_discards: counter('packets', 'Packets received and discarded without error'),
      out_discards: counter('packets', 'Packets discarded instead of sent, without error'),
      oper_status: state(
        'Operational status as in IF-MIB: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 absent, 7 lower layer down',
      ),
      admin_status: state('Administrative status: 1 up, 2 down, 3 testing'),
      speed_bits_per_second: gauge('bits_per_second', 'Nominal speed'),
      last_change_seconds: gauge('seconds', 'Agent uptime at which the operational status last changed'),
    },
  },
  cpu: {
    tags: ['core'],
    fields: {
      percent: gauge('percent', 'Processor time in use'),
      load1: gauge('', 'Load average over 1 minute'),
      load5: gauge('', 'Load average over 5 minutes'),
      load15: gauge('', 'Load average over 15 minutes'),
    },
  },
  memory: {
    tags: ['pool'],
    fields: {
      used_bytes: gauge('bytes', 'Memory in use'),
      total_bytes: gauge('bytes', 'Memory installed or configured'),
      percent: gauge('percent', 'Memory in use, where the device gives nothing but a percentage'),
    },
  },
  storage: {
    tags: ['mount'],
    fields: {
      used_bytes: gauge('bytes', 'Space in use'),
      total_bytes: gauge('bytes', 'Size'),
      inodes_used: gauge('inodes', 'Inodes in use'),
      inodes_total: gauge('inodes', 'Inodes that exist'),
      percent: gauge('percent', 'Space in use, where the device gives nothing but a percentage'),
    },
  },
  disk: {
    tags: ['disk'],
    fields: {
      read_bytes: counter('bytes', 'Bytes read'),
      written_bytes: counter('bytes', 'Bytes written'),
      busy_percent: gauge('percent', 'Time spent with requests under way'),
      temperature_celsius: gauge('celsius', 'Temperature of the drive'),
      smart_ok: state('1 when the drive reports itself healthy'),
      state: state("State code of the maker's MIB"),
      life_percent: gauge('percent', 'Endurance that a solid-state drive has left'),
    },
  },
  sensor: {
    tags: ['sensor', 'class'],
    fields: {
      value: gauge('', 'Reading: °C, %, rpm, V, A, W, Wh, Hz, m³/h, Pa, dBm, 0/1 or a code, by the tag class'),
      ok: state('1 when the device judges the reading to be fine'),
      low: gauge('', 'Lower limit that the device gives'),
      high: gauge('', 'Upper limit that the device gives'),
    },
  },
  ups: {
    tags: ['ups'],
    fields: {
      battery_percent: gauge('percent', 'Charge of the battery'),
      runtime_seconds: gauge('seconds', 'Time left on battery at this load'),
      load_percent: gauge('percent', 'Load'),
      on_battery: state('1 while the load is fed from the battery'),
      battery_ok: state('1 when the battery is neither low, empty, faulty nor due for replacement'),
      input_volts: gauge('volts', 'Voltage of the supply'),
      output_volts: gauge('volts', 'Voltage to the load'),
      output_watts: gauge('watts', 'Power to the load'),
      battery_temperature_celsius: gauge('celsius', 'Temperature of the battery'),
    },
  },
  outlet: {
    tags: ['outlet'],
    fields: {
      on: state('1 when the outlet is switched on'),
      amps: gauge('amperes', 'Current'),
      watts: gauge('watts', 'Active power'),
      energy_wh: counter('watt_hours', 'Energy since the meter was reset'),
    },
  },
  poe: {
    tags: ['ifname'],
    fields: {
      delivering: state('1 while power is delivered'),
      watts: gauge('watts', 'Power delivered'),
      limit_watts: gauge('watts', 'Power that may be delivered'),
      class: state('Power class of the powered device, 0 to 8'),
    },
  },
  printer_supply: {
    tags: ['supply'],
    fields: {
      level_percent: gauge('percent', 'What is left (of a waste container: what is free)'),
      pages: counter('pages', 'Impressions made'),
    },
  },
  wireless: {
    tags: ['radio', 'ssid'],
    fields: {
      clients: gauge('', 'Stations associated'),
      channel: gauge('', 'Channel'),
      utilization_percent: gauge('percent', 'Airtime in use'),
      tx_power_dbm: gauge('dbm', 'Transmit power'),
    },
  },
  session: {
    tags: ['kind'],
    fields: {
      active: gauge('', 'Sessions now'),
      limit: gauge('', 'Sessions possible'),
      rate: gauge('per_second', 'New sessions a second'),
    },
  },
  redundancy: {
    tags: ['kind', 'name'],
    fields: {
      ok: state('1 when redundancy is as it should be'),
      state: state("State code of the maker's MIB"),
    },
  },
  process: {
    tags: ['name'],
    fields: {
      running: gauge('', 'Processes of this name'),
      cpu_percent: gauge('percent', 'Processor time in use'),
      memory_bytes: gauge('bytes', 'Resident memory'),
    },
  },
  service: { tags: ['name'], fields: { state: state('1 when the service runs') } },
  host: {
    tags: [],
    fields: {
      boot_time_seconds: gauge('seconds', 'When the system started, seconds since 1970'),
      users: gauge('', 'Sessions of users'),
      pending_reboot: state('1 when a restart is pending'),
      processes: gauge('', 'Processes'),
    },
  },
};

/** Kinds, units and help of all fields of a family. */
export function familyMetadata(measurement: string): FieldMetadata[] {
  return Object.entries(FAMILIES[measurement]?.fields ?? {}).map(([field, declaration]) => ({
    measurement,
    field,
    ...declaration,
  }));
}
