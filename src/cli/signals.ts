/** Longest time from a signal to the end of the process. */
const EXIT_WITHIN_MS = 4800;

let stopped: Promise<NodeJS.Signals> | undefined;

/**
 * Resolves at SIGTERM or SIGINT; from then on the process ends by itself in time, whatever hangs. Called first thing, so
 * that a signal during the start is an orderly stop as well.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  stopped ??= new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
      resolve(signal);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  return stopped;
}
