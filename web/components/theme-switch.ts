/** One button: light, dark, as the system. */
import { html, useState, type VNode } from '../html.ts';
import { Icon, type IconName } from './icon.ts';
import { readTheme, setTheme, type Theme } from './theme.ts';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };
const WORDS: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

export function ThemeSwitch(): VNode {
  const [theme, setShown] = useState(readTheme);
  const label = `Colours: ${WORDS[theme]}. Switch to ${WORDS[NEXT[theme]]}.`;
  return html`<button
    type="button"
    class="icon-button"
    aria-label=${label}
    title=${label}
    onClick=${() => {
      setTheme(NEXT[theme]);
      setShown(NEXT[theme]);
    }}
  >
    <${Icon} name=${ICONS[theme]} />
  </button>`;
}
