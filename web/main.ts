/** Starts the web pages. */
import './styles/app.css';
import { App } from './app.ts';
import { applyTheme } from './components/theme.ts';
import { html, render } from './html.ts';
import { startRouter } from './router.ts';

applyTheme();
startRouter();
render(html`<${App} />`, document.getElementById('app')!);
