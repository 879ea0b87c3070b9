/** Rows into the store of this process. */
import type { AppendPort } from '../store/append-port.ts';
import type { RowsSink } from './rows-sink.ts';

export function storeSink(port: AppendPort): RowsSink {
  return {
    async append(tenant, lines) {
      const answer = await port.append({ tenant, lines, precision: 'ms', durable: false });
      if (answer.kind !== 'done') return { kind: 'lost', reason: answer.reason };
      const reason = answer.refusals[0]?.reason;
      const stored = { kind: 'stored', rows: answer.acceptedRows, refused: answer.refusedRows } as const;
      return reason === undefined ? stored : { ...stored, reason };
    },
  };
}
