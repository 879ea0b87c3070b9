/** Every recording of a folder, inspected as a device would be, and held against what it is known to hold. */
import fs from 'node:fs';
import path from 'node:path';
import type { ObservedInterface } from '../../src/model/observation.ts';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import type { PolledRow } from '../../src/templates/poll-plan.ts';
import { Recording } from '../../src/templates/recording.ts';
import { anomaliesOf } from './anomalies.ts';
import { type Comparison, compare } from './comparison.ts';
import { holdings } from './holdings.ts';

export interface Measurement {
  readonly name: string;
  readonly sysObjectId: string;
  readonly sysDescr: string;
  readonly template: string;
  readonly confidence: number;
  readonly facts: Readonly<Record<string, string>>;
  readonly interfaces: readonly ObservedInterface[];
  readonly rows: readonly PolledRow[];
  readonly comparison: Comparison;
  /** Output that can hardly be true, a sentence each. */
  readonly anomalies: readonly string[];
  readonly requests: number;
  readonly durationMs: number;
}

/** A recording whose inspection threw. */
export interface Failure {
  readonly name: string;
  readonly error: string;
}

export interface MeasuredFolder {
  readonly measured: readonly Measurement[];
  readonly failed: readonly Failure[];
}

export interface MeasureOptions {
  /** Folder of `*.snmprec`. */
  readonly recordings: string;
  /** Folder of `*.json`: what another system derives; a recording without one is measured by the standard MIBs in it. */
  readonly expected: string;
  /** Beginnings of the names of recordings; empty: all. */
  readonly only: readonly string[];
}

export async function measure({ recordings, expected, only }: MeasureOptions): Promise<MeasuredFolder> {
  const library = await TemplateLibrary.load();
  const measured: Measurement[] = [];
  const failed: Failure[] = [];
  for (const file of fs.readdirSync(recordings).sort()) {
    const name = path.basename(file, '.snmprec');
    if (!file.endsWith('.snmprec') || (only.length > 0 && !only.some((prefix) => name.startsWith(prefix)))) continue;
    const recording = new Recording(fs.readFileSync(path.join(recordings, file)));
    try {
      measured.push(await measureOne(library, name, recording, path.join(expected, `${name}.json`)));
    } catch (error) {
      failed.push({ name, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  }
  return { measured, failed };
}

async function measureOne(
  library: TemplateLibrary,
  name: string,
  recording: Recording,
  expected: string,
): Promise<Measurement> {
  const startMs = performance.now();
  const inspection = await inspectDevice(library, recording, { nowMs: Date.UTC(2026, 0, 1) });
  const durationMs = performance.now() - startMs;
  const facts = inspection.facts as Readonly<Record<string, string>>;
  return {
    name,
    sysObjectId: inspection.recognition.sysObjectId,
    sysDescr: inspection.recognition.sysDescr,
    template: inspection.template,
    confidence: inspection.recognition.confidence,
    facts,
    interfaces: inspection.interfaces,
    rows: inspection.rows,
    comparison: compare(holdings(expected, recording), facts, inspection.rows),
    anomalies: anomaliesOf(facts, inspection.rows),
    requests: recording.requests,
    durationMs,
  };
}
