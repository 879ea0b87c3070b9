/** Templates and the plans built of them, shared by all devices that may use them; replaced when users change templates. */
import { DevicePoll, type DevicePollOptions } from '../templates/device-poll.ts';
import { TemplateError } from '../templates/inherit.ts';
import { TemplateLibrary } from '../templates/library.ts';
import { buildPlan, type Plan, PlanError } from '../templates/plan.ts';
import { templateSchema } from '../templates/template.ts';

export class PlanCache {
  readonly library: TemplateLibrary;
  readonly #plans = new Map<string, Plan>();

  private constructor(library: TemplateLibrary) {
    this.library = library;
  }

  /** Of the shipped templates. */
  static async load(): Promise<PlanCache> {
    return new PlanCache(await TemplateLibrary.load());
  }

  /**
   * Of these templates and added ones, which win over those of the same ID.
   * @param onBad is told of added templates that cannot be used, which are left out
   */
  with(added: readonly unknown[], onBad: (message: string) => void): PlanCache {
    let { library } = this;
    for (const source of added) {
      const parsed = templateSchema.safeParse(source);
      if (parsed.success) library = library.with(parsed.data);
      else onBad(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    }
    return new PlanCache(library);
  }

  /** A poll of one device by this template, or a sentence why there is none. */
  poll(template: string, options: DevicePollOptions): DevicePoll | string {
    try {
      let plan = this.#plans.get(template);
      if (!plan) {
        plan = buildPlan(this.library.resolve(template));
        this.#plans.set(template, plan);
      }
      return new DevicePoll(plan, options);
    } catch (error) {
      if (error instanceof TemplateError || error instanceof PlanError) return error.message;
      throw error;
    }
  }
}
