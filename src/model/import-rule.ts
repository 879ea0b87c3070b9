/** Which findings of a scan become devices: all that is said must fit. */
export interface ImportRule {
  /** ID of the recognised template; `*` stands for anything, `?` for one character. */
  readonly template?: string | undefined;
  /** As the device names it, in the same way. */
  readonly vendor?: string | undefined;
  /** Networks, ranges and addresses, as in a discovery profile. */
  readonly addresses?: string | undefined;
  /** 0..1, how sure the recognition is. */
  readonly min_confidence?: number | undefined;
  /** A way in which it answered: `icmp`, `snmp`, `tcp/5985`. */
  readonly answered?: string | undefined;
}
