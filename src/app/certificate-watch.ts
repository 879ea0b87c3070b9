/**
 * A box runs for years: the own certificate is made anew before it ends, and files that somebody replaces (a renewed one)
 * are served with from then on, both without a restart.
 */
import type { HealthChecks } from '../api/services.ts';
import type { Certificate } from '../config/certificate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

export interface CertificateWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The certificate that is served with; undefined: TLS is off. */
  readonly current: Certificate | undefined;
  /** Reads it again; makes the own one anew when its time comes. */
  readonly load: () => Promise<Certificate | undefined>;
  readonly serveWith: (certificate: Certificate) => void;
}

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** So long before the end people should know. */
const WARN_MS = 14 * DAY_MS;

export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #current: Certificate | undefined;
  #problem: string | undefined;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#current = options.current;
  }

  /** Looks every hour until the signal. */
  async start(signal: AbortSignal): Promise<void> {
    while (this.#current && !signal.aborted) {
      await this.#options.clock.sleep(EVERY_MS, signal).catch(() => {});
      if (!signal.aborted) await this.look();
    }
  }

  async look(): Promise<void> {
    const { load, serveWith, logger } = this.#options;
    try {
      const found = await load();
      this.#problem = undefined;
      if (!found || found.fingerprint === this.#current?.fingerprint) return;
      serveWith(found);
      this.#current = found;
      logger.info({ fingerprint: found.fingerprint }, 'another certificate is served with from now on');
    } catch (error) {
      this.#problem = (error as Error).message;
      logger.warn({ err: error }, 'the certificate could not be read again: the one from before is served with');
    }
  }

  healthChecks(): HealthChecks {
    if (!this.#current) return {};
    const leftMs = this.#current.validToMs - this.#options.clock.nowMs();
    const until = new Date(this.#current.validToMs).toISOString().slice(0, 10);
    if (leftMs <= 0)
      return { certificate: { status: 'degraded', message: `It ended on ${until}: put a new one in its place.` } };
    if (this.#problem !== undefined) return { certificate: { status: 'degraded', message: this.#problem } };
    if (leftMs < WARN_MS)
      return { certificate: { status: 'degraded', message: `It ends on ${until}: put a new one in its place.` } };
    return { certificate: { status: 'ok', message: `Valid until ${until}.` } };
  }
}
