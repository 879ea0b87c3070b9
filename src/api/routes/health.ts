/** How the product itself is: for people, for load balancers, for Prometheus. */
import { healthAnswer } from '../contract/system.ts';
import { type Endpoint, endpoint, Reply } from '../endpoint.ts';
import type { CheckStatus, HealthChecks, Services } from '../services.ts';

const WORSE: readonly CheckStatus[] = ['ok', 'degraded', 'down'];

export function healthRoutes(services: Pick<Services, 'health' | 'repositories' | 'store' | 'version'>): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/health',
      tag: 'system',
      summary: 'Health: 200 while it works, be it with less than everything; 503 when it does not',
      allow: 'anyone',
      answer: healthAnswer,
      handle() {
        const checks = { database: databaseCheck(services), store: storeCheck(services), ...services.health() };
        const status = worst(checks);
        return new Reply({ status, version: services.version, checks }, { status: status === 'down' ? 503 : 200 });
      },
    }),
  ];
}

function worst(checks: HealthChecks): CheckStatus {
  const ranks = Object.values(checks).map((check) => WORSE.indexOf(check.status));
  return WORSE[Math.max(0, ...ranks)] ?? 'down';
}

function databaseCheck({ repositories }: Pick<Services, 'repositories'>): { status: CheckStatus; message: string } {
  try {
    repositories.tenants.all();
    const problem = repositories.writeProblem();
    if (problem) return { status: 'degraded', message: problem };
    return { status: 'ok', message: 'The database answers.' };
  } catch (error) {
    return {
      status: 'down',
      message: `The database does not answer: ${error instanceof Error ? error.message : error}`,
    };
  }
}

function storeCheck({ store }: Pick<Services, 'store'>): { status: CheckStatus; message: string } {
  const { status, problems } = store.health();
  return { status, message: problems.length > 0 ? problems.join(' ') : 'Samples are stored.' };
}
