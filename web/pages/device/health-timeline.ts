/** A strip that shows what a device was through the page's time range. */
import { HEALTH_WORDS, Mark } from '../../components/status.ts';
import { absoluteTime } from '../../format/time.ts';
import { formatDuration, formatValue } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { availability, type HealthSegment } from './health-segments.ts';

interface HealthTimelineProps {
  readonly segments: readonly HealthSegment[];
  readonly fromS: number;
  readonly toS: number;
}

/** A narrower part holds no mark. */
const MARK_SHARE_MIN = 0.025;

export function HealthTimeline({ segments, fromS, toS }: HealthTimelineProps): VNode {
  const up = availability(segments);
  const share = (seconds: number) => seconds / (toS - fromS);
  const first = segments[0];
  return html`<figure class="timeline" aria-label="Health through time">
    <figcaption class="line between">
      <h2>Health</h2>
      ${up !== undefined && html`<span class="muted">Available ${formatValue(up * 100, 'percent')} of the known time</span>`}
    </figcaption>
    <ol class="timeline-strip">
      ${first && first.fromS > fromS && html`<li class="timeline-part is-nothing" style=${{ flexGrow: share(first.fromS - fromS) }} title="Not monitored yet"></li>`}
      ${segments.map(
        (segment) => html`<li
          key=${segment.fromS}
          class=${`timeline-part is-${segment.health}`}
          style=${{ flexGrow: share(segment.toS - segment.fromS) }}
          title=${`${HEALTH_WORDS[segment.health]} for ${formatDuration(segment.toS - segment.fromS)}, from ${absoluteTime(segment.fromS * 1000)}`}
        >
          ${share(segment.toS - segment.fromS) >= MARK_SHARE_MIN && html`<${Mark} of=${segment.health} size=${12} />`}
          <span class="visually-hidden">${HEALTH_WORDS[segment.health]} for ${formatDuration(segment.toS - segment.fromS)}</span>
        </li>`,
      )}
    </ol>
  </figure>`;
}
