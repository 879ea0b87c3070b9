/**
 * What kind of device is this? Every template's match rules are held against sysObjectID, sysDescr and, where a rule
 * asks, a few more objects. The answer says how sure it is and why.
 */
import type { TemplateLibrary } from './library.ts';
import { Pattern } from './pattern.ts';
import type { Fetcher, Varbind } from './poll-plan.ts';
import { resolveOid } from './relative-oid.ts';
import type { MatchRule } from './template.ts';
import { toText } from './value.ts';

const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const SYS_NAME = '1.3.6.1.2.1.1.5.0';
/** What any agent is when nothing else fits. */
export const FALLBACK_TEMPLATE = 'generic/snmp';
/** Values asked for in one request. */
const BATCH = 10;

export interface Recognition {
  readonly template: string;
  /** 0..1 */
  readonly confidence: number;
  /** Sentences for people. */
  readonly reasons: readonly string[];
  readonly sysObjectId: string;
  readonly sysDescr: string;
  readonly sysName: string;
}

interface Evidence {
  readonly objectId: string;
  readonly descr: string;
  /** By the OID asked: what GETNEXT gave. */
  readonly below: ReadonlyMap<string, string | undefined>;
  readonly values: ReadonlyMap<string, string | undefined>;
}

/** Asks the device as little as its candidates need: two requests for most. */
export async function recognise(library: TemplateLibrary, fetcher: Fetcher): Promise<Recognition> {
  const system = await valuesOf(fetcher, [SYS_DESCR, SYS_OBJECT_ID, SYS_NAME]);
  const objectId = system.get(SYS_OBJECT_ID) ?? '';
  const descr = system.get(SYS_DESCR) ?? '';
  const first: Evidence = { objectId, descr, below: new Map(), values: new Map() };
  const candidates = [...library.rules()].filter(({ rule }) => systemReasons(rule, first) !== undefined);
  const evidence: Evidence = {
    ...first,
    below: await nextOf(fetcher, unique(candidates.flatMap(({ rule }) => belowOf(rule, objectId)))),
    values: await valuesOf(fetcher, unique(candidates.flatMap(({ rule }) => Object.keys(rule.value ?? {})))),
  };
  let best: Recognition | undefined;
  for (const { id, rule } of candidates) {
    const reasons = matchReasons(rule, evidence);
    if (!reasons) continue;
    const confidence = rule.confidence ?? defaultConfidence(rule, objectId);
    if (!best || confidence > best.confidence) {
      best = {
        template: id,
        confidence,
        reasons,
        sysObjectId: objectId,
        sysDescr: descr,
        sysName: system.get(SYS_NAME) ?? '',
      };
    }
  }
  return (
    best ?? {
      template: FALLBACK_TEMPLATE,
      confidence: 0.1,
      reasons: [objectId ? `no template knows sysObjectID ${objectId}` : 'the agent gives no sysObjectID'],
      sysObjectId: objectId,
      sysDescr: descr,
      sysName: system.get(SYS_NAME) ?? '',
    }
  );
}

/** More conditions and longer OIDs make surer. */
function defaultConfidence(rule: MatchRule, objectId: string): number {
  let confidence = rule.sys_object_id ? 0.6 : 0.3;
  const prefix = rule.sys_object_id?.find((oid) => isAtOrBelow(objectId, oid));
  // Seven numbers name the maker; each further one narrows.
  if (prefix !== undefined) confidence += Math.min(0.15, 0.015 * Math.max(0, prefix.split('.').length - 7));
  if (rule.sys_descr !== undefined) confidence += 0.1;
  if (rule.present || rule.value) confidence += 0.12;
  return Math.round(Math.min(0.98, confidence) * 1000) / 1000;
}

function isAtOrBelow(oid: string, prefix: string): boolean {
  return oid === prefix || oid.startsWith(`${prefix}.`);
}

/** Why sysObjectID and sysDescr fit; undefined when they do not. */
function systemReasons(rule: MatchRule, { objectId, descr }: Evidence): string[] | undefined {
  const reasons: string[] = [];
  if (rule.sys_object_id) {
    const prefix = rule.sys_object_id.find((oid) => isAtOrBelow(objectId, oid));
    if (prefix === undefined) return undefined;
    reasons.push(`sysObjectID ${objectId} lies at or below ${prefix}`);
  }
  if (rule.sys_descr !== undefined) {
    if (!fits(rule.sys_descr, descr)) return undefined;
    reasons.push(`sysDescr "${descr.slice(0, 80)}" fits /${rule.sys_descr}/`);
  }
  return reasons;
}

function matchReasons(rule: MatchRule, evidence: Evidence): string[] | undefined {
  const reasons = systemReasons(rule, evidence);
  if (!reasons) return undefined;
  for (const oid of belowOf(rule, evidence.objectId)) {
    const answer = evidence.below.get(oid);
    if (answer === undefined || !isAtOrBelow(answer, oid)) return undefined;
    reasons.push(`${oid} exists`);
  }
  for (const [oid, pattern] of Object.entries(rule.value ?? {})) {
    const value = evidence.values.get(oid);
    if (value === undefined || !fits(pattern, value)) return undefined;
    reasons.push(`${oid} is "${value.slice(0, 80)}", which fits /${pattern}/`);
  }
  return reasons;
}

/** The OIDs a rule wants something at or below. */
function belowOf(rule: MatchRule, objectId: string): string[] {
  return (rule.present ?? []).map((oid) => resolveOid(oid, objectId));
}

const patterns = new Map<string, Pattern>();

/** Rules are few and asked again and again. */
function fits(source: string, text: string): boolean {
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new Pattern(source);
    patterns.set(source, pattern);
  }
  return pattern.test(text);
}

function unique(oids: readonly string[]): string[] {
  return [...new Set(oids)];
}

async function valuesOf(fetcher: Fetcher, oids: readonly string[]): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (const varbinds of await inBatches(oids, (batch) => fetcher.get(batch))) {
    for (const { oid, value } of varbinds) found.set(oid, value === null ? undefined : toText(value));
  }
  return found;
}

/** GETNEXT from just before each OID, so that a single object itself counts. */
async function nextOf(fetcher: Fetcher, oids: readonly string[]): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  const answers = await inBatches(oids, (batch) => fetcher.next(batch.map((oid) => oid.replace(/\.0$/, ''))));
  answers.flat().forEach(({ oid, value }, i) => {
    found.set(oids[i]!, value === null ? undefined : oid);
  });
  return found;
}

async function inBatches(
  oids: readonly string[],
  ask: (batch: readonly string[]) => Promise<readonly Varbind[]>,
): Promise<(readonly Varbind[])[]> {
  const answers: (readonly Varbind[])[] = [];
  for (let i = 0; i < oids.length; i += BATCH) answers.push(await ask(oids.slice(i, i + BATCH)));
  return answers;
}
