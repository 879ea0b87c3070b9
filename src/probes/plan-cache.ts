/** Templates and the plans built of them, shared by all devices of a thread; replaced when users change templates. */
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

  /**
   * The shipped templates and those of the configuration.
   * @param onBad is told of added templates that cannot be used, which are left out
   */
  static async load(
    added: Readonly<Record<string, unknown>>,
    onBad: (id: string, message: string) => void,
  ): Promise<PlanCache> {
    let library = await TemplateLibrary.load();
    for (const [id, source] of Object.entries(added)) {
      const parsed = templateSchema.safeParse(source);
      if (parsed.success) library = library.with(parsed.data);
      else onBad(id, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
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
