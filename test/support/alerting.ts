/** Alerting over SQLite in memory with a simulated clock; queries answer what a test says, messages go to the queue's table. */
import { Alerting } from '../../src/app/alerting.ts';
import { SecretBox } from '../../src/config/secrets.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { Severity } from '../../src/model/health.ts';
import type { TenantId } from '../../src/model/tenant.ts';
import { createTestServer } from './server.ts';

export type Series = Readonly<Record<string, string>>;

export async function createAlerting(options: { readonly channels?: readonly Severity[] } = {}) {
  let alerting: Alerting | undefined;
  const server = await createTestServer({}, { devicesRemoved: (tenant, ids) => alerting?.devicesRemoved(tenant, ids) });
  const { repositories, clock, store, live, services } = server;
  const secrets = new SecretBox(new Map([[1, new Uint8Array(32).fill(7)]]));
  const start = () => {
    alerting = new Alerting({
      repositories,
      store,
      secrets,
      fleet: services.fleet,
      live,
      clock,
      logger: silentLogger,
    });
    return alerting;
  };
  alerting = start();
  const now = () => new Date(clock.nowMs());
  for (const [i, min_severity] of (options.channels ?? ['info']).entries()) {
    const config = { url: 'http://127.0.0.1:9/' };
    const values = { name: `hook ${i + 1}`, type: 'webhook', enabled: true, send_resolved: true, config } as const;
    repositories.channels.insert(1, { ...values, min_severity }, () => ({}), now());
  }
  const addRule = (name: string, change: { for_s?: number; severity?: Severity; tenant?: TenantId } = {}) =>
    repositories.alertRules.insert(
      change.tenant ?? 1,
      {
        name,
        expression: name,
        for_s: change.for_s ?? 0,
        severity: change.severity ?? 'critical',
        labels: {},
        annotations: {},
        enabled: true,
        channel_ids: null,
        origin: 'user',
      },
      now(),
    );
  return {
    server,
    clock,
    repositories,
    fleet: services.fleet,
    addRule,
    get alerting() {
      return alerting ?? start();
    },
    /** Constructs it anew over the same database, as a restart does. */
    restart: start,
    /** What a rule's expression returns from now on. */
    returns: (expression: string, series: readonly Series[]) => {
      store.answers.set(
        expression,
        series.map((metric) => ({ metric, value: [0, '1'] })),
      );
    },
    /** One round of rules, so many milliseconds after the last. */
    round: async (afterMs = 10_000) => {
      await clock.advance(afterMs);
      await alerting?.evaluateAll();
    },
    /** Messages in the queue that are due by now, as `kind of alert @ channel`. */
    due: () =>
      repositories.notifications
        .dueChannels(now())
        .flatMap(({ channel_id }) =>
          repositories.notifications
            .due(channel_id, now(), 1000)
            .map((row) => `${row.kind} of ${row.alert_id} @ ${channel_id}`),
        ),
    /** Marks all due messages as sent. */
    deliver: () => {
      for (const { channel_id } of repositories.notifications.dueChannels(now())) {
        for (const { id } of repositories.notifications.due(channel_id, now(), 1000)) {
          repositories.notifications.update(id, { state: 'sent', sent_at: now() });
        }
      }
    },
    states: () => repositories.alerts.list(1, { sort: 'started_at' }).data.map(({ id, state }) => `${id} ${state}`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
