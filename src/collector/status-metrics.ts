/** The collector's figures in Prometheus exposition format. */
import type { CollectorStatus } from './status.ts';

type Figure = readonly [name: string, type: 'counter' | 'gauge', help: string, value: number];

export function statusMetrics(status: CollectorStatus | undefined, restarts: number): string {
  const figures: Figure[] = [
    ['collector_restarts_total', 'counter', 'Times that the collect thread had to be started again', restarts],
  ];
  if (status) {
    const { polls, rows, udp } = status;
    figures.push(
      ['collector_devices', 'gauge', 'Devices in the configuration', status.devices],
      ['collector_monitors', 'gauge', 'Monitors in the configuration', status.monitors],
      ['collector_polls_running', 'gauge', 'Polls under way', polls.running],
      ['collector_polls_total', 'counter', 'Polls that ended', polls.finished],
      ['collector_polls_failed_total', 'counter', 'Polls that ended with an error', polls.failed],
      ['collector_polls_late_total', 'counter', 'Polls that began more than a second late', polls.late],
      ['collector_polls_skipped_total', 'counter', 'Polls left out because the one before still ran', polls.skipped],
      ['collector_polls_crashed_total', 'counter', 'Polls ended by an error in a probe', polls.crashes],
      ['collector_poll_seconds_total', 'counter', 'Time spent in polls', polls.duration_ms_sum / 1000],
      ['collector_rows_total', 'counter', 'Rows handed on', rows.rows],
      ['collector_row_bytes_total', 'counter', 'Bytes of rows handed on', rows.bytes],
      ['collector_rows_refused_total', 'counter', 'Rows that the store refused', rows.refused],
      ['collector_rows_lost_total', 'counter', 'Rows that could not be stored', rows.lost],
      ['collector_snmp_packets_sent_total', 'counter', 'SNMP requests sent', udp.sent],
      ['collector_snmp_packets_received_total', 'counter', 'SNMP answers received', udp.received],
      ['collector_snmp_strays_total', 'counter', 'SNMP answers that nobody waited for', udp.strays],
      ['collector_snmp_socket_errors_total', 'counter', 'SNMP sockets that failed', udp.socketErrors],
    );
  }
  return figures
    .map(
      ([name, type, help, value]) =>
        `# HELP telltale_${name} ${help}\n# TYPE telltale_${name} ${type}\ntelltale_${name} ${value}\n`,
    )
    .join('');
}
