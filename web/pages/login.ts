/** The door. */
import { api } from '../api.ts';
import { TextField } from '../components/form.ts';
import { FormProblem } from '../components/form-dialog.ts';
import { Logo } from '../components/icon.ts';
import { useForm } from '../components/use-form.ts';
import { openSession } from '../data/session.ts';
import { html, useEffect, type VNode } from '../html.ts';

export function Login(): VNode {
  useEffect(() => {
    document.title = 'Log in · Telltale';
  }, []);
  const form = useForm({ username: '', password: '' }, async (values) => {
    await api.post('/auth/login', values);
    await openSession();
  });
  return html`<main class="gate">
    <form class="gate-card stack" onSubmit=${form.submit}>
      <header class="gate-brand"><${Logo} size=${36} /><h1>Telltale</h1></header>
      <${TextField}
        label="User name"
        autocomplete="username"
        isFirst
        value=${form.values.username}
        onInput=${(value: string) => form.set('username', value)}
      />
      <${TextField}
        label="Password"
        type="password"
        autocomplete="current-password"
        value=${form.values.password}
        onInput=${(value: string) => form.set('password', value)}
      />
      <${FormProblem} text=${form.problem} />
      <button type="submit" class="button primary large" disabled=${form.isBusy}>
        ${form.isBusy ? 'Logging in …' : 'Log in'}
      </button>
      <p class="muted">
        Password forgotten? On the machine that runs Telltale: <code>telltale reset-password USER</code>
      </p>
    </form>
  </main>`;
}
