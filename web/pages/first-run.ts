/** The very first page: makes the administrator, and says what comes next. */
import type { SetupInput } from '../../src/api/contract.ts';
import { ApiError, api } from '../api.ts';
import { TextField } from '../components/form.ts';
import { FormProblem } from '../components/form-dialog.ts';
import { Logo } from '../components/icon.ts';
import { textOf, useForm } from '../components/use-form.ts';
import { openSession } from '../data/session.ts';
import { html, useEffect, type VNode } from '../html.ts';
import { navigate } from '../router.ts';

export function FirstRun({ isCodeRequired }: { readonly isCodeRequired: boolean }): VNode {
  useEffect(() => {
    document.title = 'Set up · Telltale';
  }, []);
  const form = useForm({ username: 'admin', password: '', again: '', code: '' }, async (values) => {
    if (values.password !== values.again) {
      throw new ApiError(400, '', [{ path: 'again', message: 'The two passwords differ.' }]);
    }
    const code = textOf(values.code);
    const input: SetupInput = { username: values.username, password: values.password };
    await api.post('/setup', code ? { ...input, setup_code: code } : input);
    await openSession();
    navigate('/', { replace: true });
  });
  return html`<main class="gate is-wide">
    <form class="gate-card stack" onSubmit=${form.submit} novalidate>
      <header class="gate-brand"><${Logo} size=${36} /><h1>Welcome to Telltale</h1></header>
      <p class="soft">Nobody can log in yet. Make the administrator; everything else can wait.</p>
      ${
        isCodeRequired &&
        html`<${TextField}
          label="Set-up code"
          isMono
          isFirst
          hint="Telltale printed it when it was started: it proves that you have access to the machine."
          value=${form.values.code}
          error=${form.errorAt('setup_code')}
          onInput=${(value: string) => form.set('code', value)}
        />`
      }
      <${TextField}
        label="User name"
        autocomplete="username"
        value=${form.values.username}
        error=${form.errorAt('username')}
        onInput=${(value: string) => form.set('username', value)}
      />
      <${TextField}
        label="Password"
        type="password"
        autocomplete="new-password"
        isFirst=${!isCodeRequired}
        hint="At least 10 characters. Three or four words are good; no riddles needed."
        value=${form.values.password}
        error=${form.errorAt('password')}
        onInput=${(value: string) => form.set('password', value)}
      />
      <${TextField}
        label="Password again"
        type="password"
        autocomplete="new-password"
        value=${form.values.again}
        error=${form.errorAt('again')}
        onInput=${(value: string) => form.set('again', value)}
      />
      <${FormProblem} text=${form.problem} />
      <button type="submit" class="button primary large" disabled=${form.isBusy}>
        ${form.isBusy ? 'Creating …' : 'Create administrator'}
      </button>
    </form>
    <section class="gate-next">
      <h2>What comes next</h2>
      <ol class="steps">
        <li><b>This machine is watched already.</b> Its processor, memory and disks are on the overview in seconds.</li>
        <li><b>Add a device</b> by its address, with an SNMP community or user, and test it there and then.</li>
        <li><b>Or scan a network</b> and choose from what answers.</li>
        <li><b>Say who is told</b> when something breaks: by e-mail or to a webhook.</li>
      </ol>
    </section>
  </main>`;
}
