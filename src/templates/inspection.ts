/** Everything that one poll of one device would store: what `telltale inspect` prints and tests look at. */
import type { DeviceFacts, ObservedInterface } from '../model/observation.ts';
import { DevicePoll } from './device-poll.ts';
import type { TemplateLibrary } from './library.ts';
import { buildPlan } from './plan.ts';
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
  options: { readonly template?: string; readonly nowMs: number },
): Promise<Inspection> {
  const recognition = await recognise(library, fetcher);
  const template = options.template ?? recognition.template;
  const poll = new DevicePoll(buildPlan(library.resolve(template)));
  for (let due = poll.due(options.nowMs); due.length > 0; due = poll.due(options.nowMs)) {
    for (const group of due) poll.accept(group, await fetchGroup(fetcher, group));
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
