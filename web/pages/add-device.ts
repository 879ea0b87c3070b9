/** Adds one device: address, how to ask it, a test there and then, and where it belongs. */
import type {
  CredentialProfile,
  CredentialProfileInput,
  CredentialTestResult,
  Device,
  DeviceInput,
  Site,
  Template,
} from '../../src/api/contract.ts';
import { ApiError, api } from '../api.ts';
import { Check, SelectField, TextField } from '../components/form.ts';
import { FormProblem } from '../components/form-dialog.ts';
import { Empty, PageHead, Panel } from '../components/page.ts';
import { tell, tellFailure } from '../components/toast.ts';
import { textOf, useForm } from '../components/use-form.ts';
import { invalidate, useList } from '../data/resource.ts';
import { has, may } from '../data/session.ts';
import { html, useRef, useState, type VNode } from '../html.ts';
import { navigate, useParam } from '../router.ts';
import {
  CREDENTIAL_TYPE_NAMES,
  CredentialFields,
  type CredentialValues,
  credentialInput,
  NEW_CREDENTIAL,
} from './credential/credential-form.ts';
import { TestAnswer } from './credential/test-answer.ts';

const NEW = 'new';
const NONE = 'none';

interface AddValues {
  readonly address: string;
  readonly name: string;
  readonly site: string;
  readonly template: string;
  readonly ot: boolean;
  /** ID of a profile, `new` or `none`. */
  readonly credential: string;
  readonly profile: CredentialValues;
}

export function AddDevice(): VNode {
  if (may('operator')) return html`<${AddDeviceForm} />`;
  return html`<${PageHead} title="Add device" trail=${[['Devices', '/devices']]} />
    <${Empty} icon="device" title="Your role adds no devices" text="Ask an operator or an administrator." />`;
}

function AddDeviceForm(): VNode {
  const [address] = useParam('address');
  const profiles = useList<CredentialProfile>('/credential-profiles');
  const sites = useList<Site>('/sites');
  const templates = useList<Template>(has('/templates') ? '/templates' : undefined);
  const [result, setResult] = useState<CredentialTestResult | undefined>(undefined);
  const [isTesting, setTesting] = useState(false);
  const testRun = useRef(0);

  const form = useForm<AddValues>(
    { address, name: '', site: 'default', template: '', ot: false, credential: '', profile: NEW_CREDENTIAL },
    async (values) => {
      const device = await addDevice({ ...values, credential: choice(values, profiles.data) });
      invalidate('/devices', '/credential-profiles', '/sites', '/monitors');
      tell(`${device.name} is added. It is being recognised.`);
      navigate(`/devices/${device.id}`);
    },
  );
  const { values } = form;
  const credential = choice(values, profiles.data);
  const set = <K extends keyof AddValues>(key: K, value: AddValues[K]) => {
    if (key === 'address' || key === 'credential' || key === 'profile') {
      testRun.current++;
      setTesting(false);
      setResult(undefined);
    }
    form.set(key, value);
  };
  const test = async () => {
    const run = ++testRun.current;
    setTesting(true);
    setResult(undefined);
    try {
      const answer = await testCredential({ ...values, credential });
      if (run === testRun.current) setResult(answer);
    } catch (error) {
      if (run === testRun.current) tellFailure(error);
    } finally {
      if (run === testRun.current) setTesting(false);
    }
  };

  return html`<${PageHead} title="Add device" trail=${[['Devices', '/devices']]} />
    <form class="columns" onSubmit=${form.submit} novalidate>
      <div class="stack">
        <${Panel} title="1. Where it is">
          <${TextField}
            label="Address"
            isFirst
            isMono
            placeholder="10.0.0.1, fe80::1 or switch.plant.example"
            value=${values.address}
            error=${form.errorAt('address')}
            onInput=${(value: string) => set('address', value)}
          />
        <//>
        <${Panel} title="2. How it is asked">
          <${SelectField}
            label="Credential profile"
            value=${credential}
            choices=${credentialChoices(profiles.data ?? [])}
            error=${form.errorAt('credential_profile_id')}
            hint=${credential === NONE ? (may('admin') ? 'Without one it is only pinged.' : 'Without one it is only pinged. An administrator makes new ones.') : undefined}
            onChange=${(value: string) => set('credential', value)}
          />
          ${
            credential === NEW &&
            html`<${TextField}
                label="Name of the new profile"
                value=${values.profile.name}
                placeholder="Plant switches"
                error=${form.errorAt('name')}
                onInput=${(name: string) => set('profile', { ...values.profile, name })}
              />
              <${CredentialFields} values=${values.profile} onChange=${(profile: CredentialValues) => set('profile', profile)} errorAt=${form.errorAt} />`
          }
          ${
            credential !== NONE &&
            html`<div class="line">
              <button type="button" class="button" disabled=${isTesting || values.address.trim() === ''} onClick=${() => void test()}>
                ${isTesting ? 'Asking the device …' : 'Test now'}
              </button>
              <span class="muted">Nothing is stored by a test.</span>
            </div>`
          }
          ${isTesting && html`<progress class="progress" aria-label="Asking the device"></progress>`}
          ${result && html`<${TestAnswer} result=${result} />`}
        <//>
        <${Panel} title="3. Where it belongs">
          <div class="fields">
            <${TextField}
              label="Name"
              isOptional
              placeholder=${result?.facts?.name ?? 'what the device calls itself'}
              value=${values.name}
              onInput=${(value: string) => set('name', value)}
            />
            <${SelectField}
              label="Site"
              value=${values.site}
              choices=${(sites.data ?? []).map((site) => ({ value: site.name, label: site.name }))}
              error=${form.errorAt('site')}
              onChange=${(value: string) => set('site', value)}
            />
            <${SelectField}
              label="Template"
              value=${values.template}
              choices=${[{ value: '', label: 'Recognise it' }, ...(templates.data ?? []).map((each) => ({ value: each.id, label: each.name }))]}
              error=${form.errorAt('template')}
              onChange=${(value: string) => set('template', value)}
            />
          </div>
          <${Check}
            label="Industrial device"
            hint="Asked gently: a fifth of the packets a second."
            checked=${values.ot}
            onChange=${(value: boolean) => set('ot', value)}
          />
        <//>
        <${FormProblem} text=${form.problem} />
        <div class="line">
          <button type="submit" class="button primary large" disabled=${form.isBusy}>${form.isBusy ? 'Adding …' : 'Add device'}</button>
          <a class="button large" href="/devices">Cancel</a>
        </div>
      </div>
      <div class="stack">
        <${Panel} title="What happens then">
          <ol class="steps">
            <li>Telltale asks the device what it is and picks a template.</li>
            <li>Its monitors are made and polled every 10 seconds, one request at a time.</li>
            <li>Interfaces that are up are read; you can choose others on its page.</li>
          </ol>
        <//>
        ${
          has('/discovery-profiles') &&
          html`<${Panel} title="More than one?">
            <p class="soft">A scan finds what answers in a network and imports it with one click.</p>
            <div class="line"><a class="button" href="/discovery">Scan network</a></div>
          <//>`
        }
      </div>
    </form>`;
}

/** The chosen profile; before anyone chose, the one that is used most. */
function choice(values: AddValues, profiles: readonly CredentialProfile[] | undefined): string {
  if (values.credential !== '') return values.credential;
  const [usual] = [...(profiles ?? [])].sort((a, b) => b.monitor_count - a.monitor_count);
  return usual ? String(usual.id) : may('admin') ? NEW : NONE;
}

function credentialChoices(profiles: readonly CredentialProfile[]) {
  return [
    ...profiles.map((profile) => ({
      value: String(profile.id),
      label: `${profile.name} (${CREDENTIAL_TYPE_NAMES[profile.type]})`,
    })),
    ...(may('admin') ? [{ value: NEW, label: 'New credential profile …' }] : []),
    { value: NONE, label: 'None: ping only' },
  ];
}

async function testCredential(values: AddValues): Promise<CredentialTestResult> {
  const address = values.address.trim();
  if (values.credential === NEW) {
    const { name, ...credential } = credentialInput(values.profile);
    return api.post('/credential-profiles/test', { ...credential, address, ...(name === '' ? {} : { name }) });
  }
  return api.post(`/credential-profiles/${values.credential}/test`, { address });
}

/** Makes the profile first when it is a new one; a device that is refused takes it away again. */
async function addDevice(values: AddValues): Promise<Device> {
  const input: DeviceInput = {
    address: values.address.trim(),
    site: values.site,
    ...(textOf(values.name) ? { name: values.name.trim() } : {}),
    ...(values.template ? { template: values.template } : {}),
    ...(values.ot ? { ot: true } : {}),
  };
  if (values.credential === NONE) return api.post<Device>('/devices', input);
  if (values.credential !== NEW) {
    return api.post<Device>('/devices', { ...input, credential_profile_id: Number(values.credential) });
  }
  if (input.address === '') throw new ApiError(400, '', [{ path: 'address', message: 'must not be empty' }]);
  const wanted: CredentialProfileInput = credentialInput(values.profile);
  const named = { ...wanted, name: wanted.name.trim() || `${CREDENTIAL_TYPE_NAMES[wanted.type]} of ${input.address}` };
  const profile = await api.post<CredentialProfile>('/credential-profiles', named);
  try {
    return await api.post<Device>('/devices', { ...input, credential_profile_id: profile.id });
  } catch (error) {
    await api.delete(`/credential-profiles/${profile.id}`);
    throw error;
  }
}
