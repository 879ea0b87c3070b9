/** Our own icons: 16 × 16, drawn with a 1.5 line in the colour of the text. They decorate; words beside them tell. */
import { html, type VNode } from '../html.ts';

const PATHS = {
  overview: 'M2.5 2.5h4.5v5h-4.5zM9.5 2.5h4v3h-4zM9.5 8.5h4v5h-4zM2.5 10.5h4.5v3h-4.5z',
  devices: 'M2 3.5h12v3.5h-12zM2 9h12v3.5h-12zM4.5 5.25h.01M4.5 10.75h.01M8 5.25h3.5M8 10.75h3.5',
  alerts: 'M8 2a4 4 0 0 1 4 4c0 3.5 1.5 4.5 1.5 5.5h-11c0-1 1.5-2 1.5-5.5a4 4 0 0 1 4-4zM6.5 13.7a1.6 1.6 0 0 0 3 0',
  explore: 'M2 2.5v11h12M4.5 10.5l2.7-3.5 2.3 2 4-5',
  wall: 'M1.5 2.5h13v8.5h-13zM5.5 13.5h5M8 11v2.5',
  discovery: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.5 3.5M7 5v4M5 7h4',
  monitors: 'M1.5 8h3l1.7-4.5 3 9 2-4.5h3.3',
  rules: 'M2.5 4h6M11.5 4h2M2.5 8h2M7.5 8h6M2.5 12h7M12.5 12h1M10 2.5v3M6 6.5v3M11 10.5v3',
  channels: 'M2 4h12v8.5h-12zM2 4.5l6 4.5 6-4.5',
  sites: 'M8 14.5c-3-3.2-4.5-5.7-4.5-8a4.5 4.5 0 0 1 9 0c0 2.3-1.5 4.8-4.5 8zM8 5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z',
  credentials: 'M10.5 2.5a3 3 0 1 1-2.6 4.5L2.5 12.4v1.6h2v-1.5h1.5v-1.5h1.5l1.3-1.3M11.5 5h.01',
  templates: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.5 8h5M5.5 11h5',
  interfaces: 'M2 3.5h12v9h-12zM5 12.5v-4h6v4M6.5 3.5v2M9.5 3.5v2',
  plugins: 'M5.5 1.5v4M10.5 1.5v4M3.5 5.5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12.5v2.5',
  users:
    'M6 3a2.3 2.3 0 1 1 0 4.6A2.3 2.3 0 0 1 6 3zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3.3a2.2 2.2 0 0 1 0 4.2M12 9.8c1.5.5 2.5 1.8 2.5 3.7',
  keys: 'M8.5 7.5h6v2.5M12 7.5v2M5.5 4.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
  audit: 'M3 2h10v12h-10zM5.5 5h5M5.5 8h5M5.5 11h3',
  settings:
    'M8 5.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4',
  components: 'M6 2h4v4h-4zM1.5 10h4v4h-4zM10.5 10h4v4h-4zM8 6v2M3.5 10v-2h9v2',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.5 3.5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  menu: 'M2 4h12M2 8h12M2 12h12',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.5M8 13.5v1.5M1 8h1.5M13.5 8h1.5M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13 9.8A5.5 5.5 0 0 1 6.2 3a5.5 5.5 0 1 0 6.8 6.8z',
  system: 'M8 2a6 6 0 1 1 0 12zM8 2a6 6 0 0 0 0 12z',
  user: 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.5 14c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5',
  edit: 'M2.5 13.5l.6-3 7.4-7.4 2.4 2.4-7.4 7.4zM9 4.6l2.4 2.4',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4',
  refresh: 'M13.5 3v3.5h-3.5M2.5 13v-3.5h3.5M13 6.5a5.3 5.3 0 0 0-9.6-1M3 9.5a5.3 5.3 0 0 0 9.6 1',
  play: 'M4.5 2.5l8.5 5.5-8.5 5.5z',
  stop: 'M3.5 3.5h9v9h-9z',
  download: 'M8 2v8M4.8 7l3.2 3.2L11.2 7M2.5 13.5h11',
  upload: 'M8 10.5V2.5M4.8 5.5L8 2.3l3.2 3.2M2.5 13.5h11',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  chevron: 'M6 3.5l4.5 4.5L6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  sortUp: 'M4.5 9.5L8 6l3.5 3.5',
  sortDown: 'M4.5 6.5L8 10l3.5-3.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  comment: 'M2 3h12v8.5H7.5L4.5 14v-2.5H2z',
  link: 'M6.5 9.5l3-3M7.5 4.5l1.3-1.3a2.7 2.7 0 0 1 3.9 3.9L11.4 8.4M8.5 11.5l-1.3 1.3a2.7 2.7 0 0 1-3.9-3.9l1.3-1.3',
  bolt: 'M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z',
  help: 'M5.5 5.5a2.5 2.5 0 1 1 3.6 2.2C8.3 8.2 8 8.6 8 9.7M8 12.5h.01',
  logout: 'M6.5 2.5h-4v11h4M7 8h7M11 5l3 3-3 3',
  device: 'M2 5.5h12v5h-12zM4.5 8h.01M7 8h5',
  up: 'M8 13V3M4 7l4-4 4 4',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.5V8l2.5 1.8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): VNode {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 16 16" aria-hidden="true">
    <path
      d=${PATHS[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}

/** The product's mark: a lamp, and the yarn that shows the wind. */
export function Logo({ size = 26 }: { readonly size?: number }): VNode {
  return html`<svg class="logo" width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" class="logo-ground" />
    <circle cx="9.5" cy="11" r="4" class="logo-lamp" />
    <path
      class="logo-yarn"
      d="M15.5 10.5c3-2.6 5-.2 7.3 0 1.6.1 2.7-.6 3.7-1.6M12.5 16.5c3.6-3 6.2.6 9 .6 2 0 3.4-.9 4.5-2.1M9.5 23c4.2-3.6 7.4.8 11 .8 2.4 0 4-1 5.5-2.6"
    />
  </svg>`;
}
