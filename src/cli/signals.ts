/** Longest time from a signal to the end of the process. */
const EXIT_WITHIN_MS = 4800;

/** Resolves at SIGTERM or SIGINT; from then on the process ends by itself in time, whatever hangs. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
      resolve(signal);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}
