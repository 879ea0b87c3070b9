/** What one device is and what one poll of it would store, asked once: for `telltale inspect`, discovery and tests. */
import type { DeviceFacts, ObservedInterface } from '../model/observation.ts';
import { DevicePoll } from './device-poll.ts';
import { TemplateError } from './inherit.ts';
import type { TemplateLibrary } from './library.ts';
import { buildPlan, PlanError } from './plan.ts';
import { type Fetcher, fetchGroup, type PolledRow } from './poll-plan.ts';
import { type Recognition, recognise } from './recognise.ts';

export interface Inspection {
  readonly recognition: Recognition;
  readonly template: string;
  readonly facts: DeviceFacts;
  readonly interfaces: readonly ObservedInterface[];
  readonly rows: readonly PolledRow[];
  readonly uptimeSeconds: number | undefined;
}

/** Polls once, everything due. @throws TemplateError, PlanError; whatever the fetcher throws */
export async function inspectDevice(
  library: TemplateLibrary,
  fetcher: Fetcher,
  options: {
    readonly template?: string;
    readonly nowMs: number;
    /** Whether a failure concerns one table alone; the others are then read all the same. */
    readonly isOfTable?: (error: unknown) => boolean;
  },
): Promise<Inspection> {
  const recognition = await recognise(library, fetcher);
  const template = options.template ?? recognition.template;
  const poll = new DevicePoll(buildPlan(library.resolve(template)));
  for (let due = poll.due(options.nowMs); due.length > 0; due = poll.due(options.nowMs)) {
    for (const group of due) {
      try {
        poll.accept(group, await fetchGroup(fetcher, group));
      } catch (error) {
        if (!options.isOfTable?.(error)) throw error;
        poll.fail(group);
      }
    }
  }
  const result = poll.result();
  return {
    recognition,
    template,
    facts: result.facts ?? {},
    interfaces: result.interfaces ?? [],
    rows: result.rows,
    uptimeSeconds: result.uptimeSeconds,
  };
}

/**
 * Facts alone, for what is asked of a device before it is monitored. None when the template (somebody's own) cannot be
 * used. Throws whatever the fetcher throws.
 */
export async function readFacts(
  library: TemplateLibrary,
  fetcher: Fetcher,
  template: string,
  nowMs: number,
): Promise<DeviceFacts> {
  const poll = factsPoll(library, template);
  if (!poll) return {};
  for (let due = poll.due(nowMs); due.length > 0; due = poll.due(nowMs)) {
    for (const group of due) {
      if (group.id.startsWith('interface/')) poll.fail(group);
      else poll.accept(group, await fetchGroup(fetcher, group));
    }
  }
  return poll.result().facts ?? {};
}

function factsPoll(library: TemplateLibrary, template: string): DevicePoll | undefined {
  try {
    return new DevicePoll(buildPlan({ ...library.resolve(template), metrics: new Map() }));
  } catch (error) {
    if (error instanceof TemplateError || error instanceof PlanError) return undefined;
    throw error;
  }
}
