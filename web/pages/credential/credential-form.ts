/** The fields of a credential profile by its type, as text, and how they become a request. */
import type { CredentialProfile, CredentialProfileInput } from '../../../src/api/contract.ts';
import { Check, SelectField, TextField } from '../../components/form.ts';
import { numberOf, textOf } from '../../components/use-form.ts';
import { html, type VNode } from '../../html.ts';

export type CredentialType = CredentialProfile['type'];

export const CREDENTIAL_TYPE_NAMES: Readonly<Record<CredentialType, string>> = {
  snmp_v2c: 'SNMP v2c',
  snmp_v3: 'SNMP v3',
  snmp_v1: 'SNMP v1',
  http_basic: 'HTTP basic',
  winrm: 'WinRM',
};

export interface CredentialValues {
  readonly name: string;
  readonly type: CredentialType;
  readonly community: string;
  readonly username: string;
  readonly security_level: string;
  readonly auth_protocol: string;
  readonly auth_password: string;
  readonly priv_protocol: string;
  readonly priv_password: string;
  readonly context: string;
  readonly password: string;
  readonly domain: string;
  readonly port: string;
  readonly use_ssl: boolean;
}

export const NEW_CREDENTIAL: CredentialValues = {
  name: '',
  type: 'snmp_v2c',
  community: '',
  username: '',
  security_level: 'authPriv',
  auth_protocol: 'SHA',
  auth_password: '',
  priv_protocol: 'AES',
  priv_password: '',
  context: '',
  password: '',
  domain: '',
  port: '',
  use_ssl: true,
};

/** The values of a stored profile; its secrets stay empty, which keeps them. */
export function credentialValues(profile: CredentialProfile): CredentialValues {
  const text = (key: string, fallback = ''): string => {
    const value = profile[key];
    return value === undefined || value === null ? fallback : String(value);
  };
  return {
    ...NEW_CREDENTIAL,
    name: profile.name,
    type: profile.type,
    username: text('username'),
    security_level: text('security_level', 'authPriv'),
    auth_protocol: text('auth_protocol', 'SHA'),
    priv_protocol: text('priv_protocol', 'AES'),
    context: text('context'),
    domain: text('domain'),
    port: text('port'),
    use_ssl: profile.use_ssl !== false,
  };
}

type SecurityLevel = Extract<CredentialProfileInput, { type: 'snmp_v3' }>['security_level'];

/** What is sent. Empty fields are left out; the server says what it misses. */
export function credentialInput(values: CredentialValues): CredentialProfileInput {
  const { name } = values;
  const port = numberOf(values.port);
  const rest = { name, ...(port === undefined ? {} : { port }) };
  switch (values.type) {
    case 'snmp_v1':
    case 'snmp_v2c':
      return { ...rest, type: values.type, ...given({ community: textOf(values.community) }) };
    case 'snmp_v3': {
      const hasAuth = values.security_level !== 'noAuthNoPriv';
      const hasPriv = values.security_level === 'authPriv';
      return {
        ...rest,
        type: 'snmp_v3',
        username: values.username.trim(),
        security_level: values.security_level as SecurityLevel,
        ...given({
          auth_protocol: hasAuth ? values.auth_protocol : undefined,
          auth_password: hasAuth ? textOf(values.auth_password) : undefined,
          priv_protocol: hasPriv ? values.priv_protocol : undefined,
          priv_password: hasPriv ? textOf(values.priv_password) : undefined,
          context: textOf(values.context),
        }),
      };
    }
    case 'http_basic':
      return {
        name,
        type: 'http_basic',
        username: values.username.trim(),
        ...given({ password: textOf(values.password) }),
      };
    case 'winrm':
      return {
        ...rest,
        type: 'winrm',
        username: values.username.trim(),
        use_ssl: values.use_ssl,
        ...given({ password: textOf(values.password), domain: textOf(values.domain) }),
      };
  }
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const LEVELS = [
  { value: 'authPriv', label: 'authPriv: signed and encrypted' },
  { value: 'authNoPriv', label: 'authNoPriv: signed' },
  { value: 'noAuthNoPriv', label: 'noAuthNoPriv: neither' },
];
const same = (value: string) => ({ value, label: value });
const AUTH_PROTOCOLS = ['SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512', 'MD5'].map(same);
const PRIV_PROTOCOLS = [
  { value: 'AES', label: 'AES-128' },
  { value: 'AES-192', label: 'AES-192 (Blumenthal)' },
  { value: 'AES-256', label: 'AES-256 (Blumenthal)' },
  { value: 'AES-192-C', label: 'AES-192 (Reeder, as Cisco)' },
  { value: 'AES-256-C', label: 'AES-256 (Reeder, as Cisco)' },
  same('DES'),
];

interface CredentialFieldsProps {
  readonly values: CredentialValues;
  readonly onChange: (values: CredentialValues) => void;
  readonly errorAt: (path: string) => string | undefined;
  /** Secrets that are stored already. */
  readonly kept?: readonly string[];
}

export function CredentialFields({ values, onChange, errorAt, kept = [] }: CredentialFieldsProps): VNode {
  const set = (key: keyof CredentialValues) => (value: string | boolean) => onChange({ ...values, [key]: value });
  const text = (key: keyof CredentialValues, label: string, options: Readonly<Record<string, unknown>> = {}) =>
    html`<${TextField} key=${key} label=${label} value=${values[key]} error=${errorAt(key)} onInput=${set(key)} ...${options} />`;
  const secret = (key: keyof CredentialValues, label: string, hint?: string) =>
    text(key, label, {
      type: 'password',
      autocomplete: 'new-password',
      ...(kept.includes(key) ? { placeholder: 'unchanged', isOptional: true } : {}),
      hint,
    });
  const select = (key: keyof CredentialValues, label: string, choices: readonly { value: string; label: string }[]) =>
    html`<${SelectField} key=${key} label=${label} value=${values[key]} choices=${choices} error=${errorAt(key)} onChange=${set(key)} />`;
  const isSnmp = values.type.startsWith('snmp');
  const isV3 = values.type === 'snmp_v3';
  const isLogin = values.type === 'winrm' || values.type === 'http_basic';

  return html`<div class="fields">
    ${select(
      'type',
      'Type',
      Object.entries(CREDENTIAL_TYPE_NAMES).map(([value, label]) => ({ value, label })),
    )}
    ${isSnmp && !isV3 && secret('community', 'Community', 'Read access is enough. Telltale never writes to devices.')}
    ${(isV3 || isLogin) && text('username', 'User name', { autocomplete: 'off' })}
    ${isV3 && select('security_level', 'Security level', LEVELS)}
    ${
      isV3 &&
      values.security_level !== 'noAuthNoPriv' &&
      html`${select('auth_protocol', 'Authentication', AUTH_PROTOCOLS)}
      ${secret('auth_password', 'Authentication password', 'At least 8 characters.')}`
    }
    ${
      isV3 &&
      values.security_level === 'authPriv' &&
      html`${select('priv_protocol', 'Encryption', PRIV_PROTOCOLS)}
      ${secret('priv_password', 'Encryption password', 'At least 8 characters.')}`
    }
    ${isLogin && secret('password', 'Password')}
    ${values.type === 'winrm' && text('domain', 'Domain', { isOptional: true })}
    ${isV3 && text('context', 'Context', { isOptional: true })}
    ${values.type !== 'http_basic' && text('port', 'Port', { isOptional: true, type: 'number', min: 1, max: 65_535, placeholder: isSnmp ? '161' : values.use_ssl ? '5986' : '5985' })}
    ${values.type === 'winrm' && html`<${Check} label="Over TLS" checked=${values.use_ssl} onChange=${set('use_ssl')} />`}
  </div>`;
}
