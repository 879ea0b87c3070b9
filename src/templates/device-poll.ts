/**
 * One device's side of a plan: what is due, what was last fetched, and the rows that come of it. Holds no connection
 * and no clock: whoever fetches says when.
 */
import type { InterfaceRuling } from '../model/interface-rule.ts';
import type { DeviceFacts, ObservedInterface } from '../model/observation.ts';
import { IF_PROBES, IF_STATIC_INTERVAL_S, InterfaceTable } from './interfaces.ts';
import { factText, metricRows, type Readings, tagKey } from './metric-rows.ts';
import { type Plan, STATIC_INTERVAL_S } from './plan.ts';
import type { EndedRow, FetchGroup, GroupData, PolledRow, PollResult } from './poll-plan.ts';
import { resolveOid } from './relative-oid.ts';

const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const SYS_UPTIME = '1.3.6.1.2.1.1.3.0';
const ENGINE_BOOTS = '1.3.6.1.6.3.10.2.1.2.0';
const ENGINE_TIME = '1.3.6.1.6.3.10.2.1.3.0';
/** sysUpTime is 32 bits of hundredths: 497 days. */
const UPTIME_WRAP = 2 ** 32;
/** A device that is polled every 10 s need not be asked on the tick: what is due within this is due. */
const EARLY_S = 2;
/** Polls after which a row group that no longer comes is given up. */
const MISSED_POLLS = 3;

interface GroupState {
  group: FetchGroup;
  data?: GroupData;
  fetchedS: number;
  /** Fetched in the poll that is under way. */
  isFresh: boolean;
}

export interface DevicePollOptions {
  /** By `ifname`: what a person chose to poll or not. */
  readonly interfaces?: Readonly<Record<string, boolean>>;
  /** What rules say of the others. */
  readonly interfaceRuling?: InterfaceRuling | undefined;
  /** As they were found last, so that interfaces keep their identity over a restart. */
  readonly knownInterfaces?: readonly ObservedInterface[];
}

export class DevicePoll {
  readonly plan: Plan;
  readonly #interfaces: InterfaceTable;
  readonly #states: GroupState[];
  readonly #probe: GroupState;
  readonly #system: GroupState;
  readonly #ifStatic: GroupState;
  #ifLive: GroupState[] = [];
  readonly #alive = new Map<string, { row: EndedRow; missed: number; metric: string }>();
  /** OIDs of each group of the plan, and what the probe asks, as they are for this device. */
  #oids: readonly (readonly string[])[];
  #probes: readonly string[];
  /** The plan's OIDs are known: they are not relative, or the sysObjectID has been read. */
  #isResolved: boolean;
  #present: readonly boolean[] | undefined;
  #asked = new Set<string>();
  #nowS = 0;
  #lastUptime: number | undefined;
  #lastBoots: number | undefined;
  #rebooted = false;
  #factsDue = true;

  constructor(plan: Plan, options: DevicePollOptions = {}) {
    this.plan = plan;
    const { interfaces = {}, knownInterfaces = [], interfaceRuling } = options;
    this.#interfaces = new InterfaceTable(interfaces, knownInterfaces, interfaceRuling);
    this.#isResolved = !plan.isRelative;
    const { oids: planned, probes, probe } = commonOf(plan);
    this.#oids = planned;
    this.#probes = probes;
    this.#states = plan.groups.map((group) => unread(group));
    this.#probe = unread(probe);
    const system = [SYS_UPTIME, ENGINE_BOOTS, ENGINE_TIME];
    const oids = plan.isRelative ? [...system, SYS_OBJECT_ID] : system;
    this.#system = unread({ id: 'system', kind: 'get', oids, intervalS: 0 });
    this.#ifStatic = unread({ id: 'interface/static', kind: 'walk', oids: [], intervalS: IF_STATIC_INTERVAL_S });
  }

  /** Groups to fetch now. Ask again after each round until it is empty. */
  due(nowMs: number): FetchGroup[] {
    this.#nowS = nowMs / 1000;
    const first = this.#isResolved ? [this.#system, this.#probe] : [this.#system];
    const due = first.filter((state) => this.#isDue(state));
    if (this.#present) due.push(...this.#tables());
    for (const { group } of due) this.#asked.add(group.id);
    return due.map(({ group }) => group);
  }

  #tables(): GroupState[] {
    const due = this.#states.filter((state, i) => this.#isWanted(i) && this.#isDue(state));
    const ifStatic = this.#interfaces.staticGroup();
    if (ifStatic) {
      this.#ifStatic.group = ifStatic;
      if (this.#isDue(this.#ifStatic)) return [...due, this.#ifStatic];
      due.push(...this.#ifLive.filter((state) => this.#isDue(state)));
    }
    return due;
  }

  #isWanted(position: number): boolean {
    const { probes } = this.plan.groups[position]!;
    if (this.#states[position]!.group.oids.length === 0) return false;
    if (probes.size === 0) return true;
    for (const probe of probes) if (this.#present![probe]) return true;
    return false;
  }

  #isDue({ group, fetchedS }: GroupState): boolean {
    return !this.#asked.has(group.id) && this.#nowS - fetchedS >= group.intervalS - Math.min(EARLY_S, group.intervalS);
  }

  /** What a group's fetch gave. */
  accept(group: FetchGroup, data: GroupData): void {
    const state = this.#state(group.id);
    state.data = data;
    state.fetchedS = this.#nowS;
    state.isFresh = true;
    if (state === this.#system) this.#acceptSystem(data.get('') ?? []);
    else if (state === this.#probe) this.#acceptProbe(data.get('') ?? []);
    else if (state === this.#ifStatic) this.#acceptInterfaces(group, data);
    else if (group.kind === 'get') this.#dropAbsent(state, data);
  }

  /** A group could not be fetched; it is asked again in the next poll. */
  fail(group: FetchGroup): void {
    this.#state(group.id).isFresh = false;
  }

  #state(id: string): GroupState {
    const all = [this.#system, this.#probe, this.#ifStatic, ...this.#ifLive, ...this.#states];
    const state = all.find((candidate) => candidate.group.id === id);
    if (!state) throw new RangeError(`group ${id} is not of this plan`);
    return state;
  }

  #acceptSystem([uptime, boots, , objectId]: readonly unknown[]): void {
    this.#watchUptime(uptime, boots);
    if (!this.#isResolved && typeof objectId === 'string') this.#resolve(objectId);
  }

  /** Puts the device's sysObjectID where the plan's OIDs leave room for it. */
  #resolve(objectId: string): void {
    const resolve = (oid: string): string => resolveOid(oid, objectId);
    this.#oids = this.#oids.map((oids) => oids.map(resolve));
    this.#probes = this.#probes.map(resolve);
    this.#probe.group = probeGroup(this.#probes);
    this.#states.forEach((state, i) => {
      state.group = { ...state.group, oids: this.#oids[i]! };
    });
    this.#isResolved = true;
  }

  #watchUptime(uptime: unknown, boots: unknown): void {
    if (typeof uptime === 'number') {
      const last = this.#lastUptime;
      // Close to 497 days a step back is the wrap of the counter, not a start.
      if (last !== undefined && uptime < last && last < UPTIME_WRAP - 100 * 86_400) this.#reboot();
      this.#lastUptime = uptime;
    }
    if (typeof boots === 'number') {
      if (this.#lastBoots !== undefined && boots !== this.#lastBoots) this.#reboot();
      this.#lastBoots = boots;
    }
  }

  /** Everything that hardly changes may have changed. */
  #reboot(): void {
    this.#rebooted = true;
    this.#interfaces.reset();
    this.#probe.fetchedS = Number.NEGATIVE_INFINITY;
    this.#ifStatic.fetchedS = Number.NEGATIVE_INFINITY;
    this.plan.groups.forEach((planned, i) => {
      if (planned.isStatic) this.#states[i]!.fetchedS = Number.NEGATIVE_INFINITY;
    });
  }

  #acceptProbe(answers: readonly unknown[]): void {
    const present = this.#probes.map((oid, i) => {
      const answer = answers[i];
      return typeof answer === 'string' && (answer === oid || answer.startsWith(`${oid}.`));
    });
    this.#present = present;
    this.#interfaces.probed(present.slice(this.plan.probes.length));
    // What was absent may have come: single objects are asked in full again.
    this.#oids.forEach((oids, i) => {
      const state = this.#states[i]!;
      if (state.group.kind === 'get' && state.group.oids.length < oids.length) state.group = { ...state.group, oids };
    });
  }

  /** Single objects that a device does not have are not asked for again until the next look around. */
  #dropAbsent(state: GroupState, data: GroupData): void {
    const position = this.#states.indexOf(state);
    const all = this.#oids[position]!;
    const cells = data.get('') ?? [];
    const found = new Map(state.group.oids.map((oid, i) => [oid, cells[i]]));
    state.data = new Map([['', all.map((oid) => found.get(oid))]]);
    const kept = state.group.oids.filter((oid) => found.get(oid) !== undefined);
    if (kept.length < state.group.oids.length) state.group = { ...state.group, oids: kept };
    if (this.plan.groups[position]!.isStatic) this.#factsDue = true;
  }

  #acceptInterfaces(group: FetchGroup, data: GroupData): void {
    this.#interfaces.acceptStatic(group, data);
    // The parsed table is kept, not the answers.
    delete this.#ifStatic.data;
    const before = new Map(this.#ifLive.map((state) => [state.group.id, state.fetchedS]));
    this.#ifLive = this.#interfaces
      .liveGroups()
      .map((live) => ({ ...unread(live), fetchedS: before.get(live.id) ?? Number.NEGATIVE_INFINITY }));
  }

  /** Rows, facts and interfaces of this poll, after `due` has become empty. */
  result(): PollResult {
    const readings: Readings = {
      data: (group) => this.#states[group]!.data,
      nowS: this.#nowS,
      ifname: (ifIndex) => this.#interfaces.ifname(ifIndex),
    };
    const rows = this.#interfaces.rows(
      this.#ifLive.filter((state) => state.isFresh && state.data).map((state) => [state.group, state.data!]),
    );
    if (this.#interfaces.takeStale()) this.#ifStatic.fetchedS = Number.NEGATIVE_INFINITY;
    rows.push(...this.#metricRows(readings));
    const ended = [...this.#endedRows(), ...this.#interfaces.takeEnded()];
    const facts = this.#takeFacts(readings);
    const uptimeSeconds = this.#uptimeSeconds();
    const result: PollResult = {
      rows,
      ended,
      rebooted: this.#rebooted,
      ...(facts ? { facts } : {}),
      ...(this.#ifStatic.isFresh ? { interfaces: this.#interfaces.interfaces } : {}),
      ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
    };
    this.#finish();
    return result;
  }

  #metricRows(readings: Readings): PolledRow[] {
    const rows: PolledRow[] = [];
    const seen = new Map<string, PolledRow>();
    const filled = new Set<string>();
    const unnamed = (group: number): void => {
      const state = this.#states[group]!;
      // A row that never gets a name must not cause a walk in every poll.
      if (this.#nowS - state.fetchedS > IF_STATIC_INTERVAL_S) state.fetchedS = Number.NEGATIVE_INFINITY;
    };
    for (const metric of this.plan.metrics) {
      if (!metric.live.some((group) => this.#states[group]!.isFresh)) {
        if (this.#hasAlive(metric.id)) filled.add(metric.id);
        continue;
      }
      const own = new Map<string, PolledRow>();
      if (!metric.unless.some((other) => filled.has(other))) {
        for (const row of metricRows(metric, readings, unnamed)) {
          filled.add(metric.id);
          const key = `${row.measurement} ${tagKey(row.tags)}`;
          own.set(key, row);
          const known = seen.get(key);
          // Two metrics about one thing complete each other; what the nearer template says stays.
          if (known) Object.assign(known.fields, { ...row.fields, ...known.fields });
          else {
            seen.set(key, row);
            rows.push(row);
          }
        }
      }
      this.#watch(metric.id, own);
    }
    return rows;
  }

  #hasAlive(metric: string): boolean {
    for (const alive of this.#alive.values()) if (alive.metric === metric) return true;
    return false;
  }

  /** Remembers what the metric gave, and counts what it gave before and no longer does. */
  #watch(metric: string, rows: ReadonlyMap<string, PolledRow>): void {
    for (const [key, alive] of this.#alive) if (alive.metric === metric && !rows.has(key)) alive.missed++;
    for (const [key, { measurement, tags }] of rows) {
      const alive = this.#alive.get(key);
      if (alive) alive.missed = 0;
      else this.#alive.set(key, { row: { measurement, tags }, missed: 0, metric });
    }
  }

  #endedRows(): EndedRow[] {
    const ended: EndedRow[] = [];
    for (const [key, alive] of this.#alive) {
      if (alive.missed < MISSED_POLLS) continue;
      this.#alive.delete(key);
      ended.push(alive.row);
    }
    return ended;
  }

  #takeFacts(readings: Readings): DeviceFacts | undefined {
    if (!this.#factsDue) return undefined;
    const facts: Record<string, string> = {};
    for (const fact of this.plan.facts) {
      const text = factText(fact, readings);
      if (text !== undefined) facts[fact.name] = text;
    }
    const mac = this.#interfaces.interfaces.find(
      (one) => one.type === 6 && one.mac !== '' && !/^(?:00:){5}00$/.test(one.mac),
    );
    if (mac && facts.mac === undefined) facts.mac = mac.mac;
    this.#factsDue = false;
    return facts;
  }

  /** sysUpTime; where snmpEngineTime shows that it has wrapped, that. */
  #uptimeSeconds(): number | undefined {
    const [ticks, , engineTime] = this.#system.data?.get('') ?? [];
    if (typeof ticks !== 'number') return undefined;
    const uptime = ticks / 100;
    if (typeof engineTime !== 'number') return uptime;
    const wraps = (engineTime - uptime) / (UPTIME_WRAP / 100);
    return wraps > 0.5 && Math.abs(wraps - Math.round(wraps)) < 0.001 ? engineTime : uptime;
  }

  #finish(): void {
    this.#asked.clear();
    this.#rebooted = false;
    for (const state of [this.#system, this.#probe, this.#ifStatic, ...this.#ifLive]) {
      state.isFresh = false;
      delete state.data;
    }
    this.plan.groups.forEach((planned, i) => {
      const state = this.#states[i]!;
      state.isFresh = false;
      if (!planned.isStatic) delete state.data;
    });
  }
}

interface Common {
  readonly oids: readonly (readonly string[])[];
  readonly probes: readonly string[];
  readonly probe: FetchGroup;
}

const common = new WeakMap<Plan, Common>();

/** What all devices of a plan ask alike. */
function commonOf(plan: Plan): Common {
  const known = common.get(plan);
  if (known) return known;
  const probes = [...plan.probes, ...IF_PROBES];
  const made = { oids: plan.groups.map(({ oids }) => oids), probes, probe: probeGroup(probes) };
  common.set(plan, made);
  return made;
}

function probeGroup(oids: readonly string[]): FetchGroup {
  // From just before each object, so that a single object itself counts.
  return { id: 'probe', kind: 'next', oids: oids.map((oid) => oid.replace(/\.0$/, '')), intervalS: STATIC_INTERVAL_S };
}

function unread(group: FetchGroup): GroupState {
  return { group, fetchedS: Number.NEGATIVE_INFINITY, isFresh: false };
}
