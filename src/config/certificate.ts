/** The certificate that the server makes for itself at first start (sole user of @peculiar/x509). */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TlsSetting } from './settings.ts';

/** A certificate or key that cannot be served with. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  /** SHA-256 of the certificate's DER bytes, hex, for collectors that pin it. */
  readonly fingerprint: string;
  /** End of its validity, milliseconds since 1970 UTC. */
  readonly validToMs: number;
}

const VALID_DAYS = 825;
const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;

/** The certificate to serve with, or undefined when TLS is off. Makes or renews the own one. @throws Error */
export async function loadCertificate(setting: TlsSetting, folder: string): Promise<Certificate | undefined> {
  if (setting.kind === 'off') return undefined;
  if (setting.kind === 'files') return readPair(setting.certificate, setting.key);
  const files = { certificate: path.join(folder, 'server.crt'), key: path.join(folder, 'server.key') };
  const pair = readOwnPair(files.certificate, files.key);
  if (pair && pair.validToMs > Date.now() + RENEW_DAYS * DAY_MS) return pair;
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = await makeSelfSigned(namesOfThisHost());
  writeWhole(files.key, made.key, 0o600);
  writeWhole(files.certificate, made.certificate, 0o644);
  return readPair(files.certificate, files.key);
}

function writeWhole(file: string, text: string, mode: number): void {
  fs.writeFileSync(`${file}.new`, text, { mode, flush: true });
  fs.renameSync(`${file}.new`, file);
}

/** The one made earlier; a damaged one (a power cut) counts as none, since another is as good. */
function readOwnPair(certificate: string, key: string): Certificate | undefined {
  if (!fs.existsSync(certificate) || !fs.existsSync(key)) return undefined;
  try {
    return readPair(certificate, key);
  } catch (error) {
    if (error instanceof CertificateError) return undefined;
    throw error;
  }
}

function readPair(certificateFile: string, keyFile: string): Certificate {
  const certificate = fs.readFileSync(certificateFile, 'utf8');
  const key = fs.readFileSync(keyFile, 'utf8');
  const parsed = readPem(certificateFile, 'certificate', () => new X509Certificate(certificate));
  const secret = readPem(keyFile, 'private key without a password', () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(secret)) {
    throw new CertificateError(`The key in ${keyFile} does not belong to the certificate in ${certificateFile}.`);
  }
  const fingerprint = parsed.fingerprint256.replaceAll(':', '').toLowerCase();
  return { certificate, key, fingerprint, validToMs: Date.parse(parsed.validTo) };
}

function readPem<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(`${file} holds no ${what} in PEM form (-----BEGIN …).`, { cause });
  }
}

interface HostNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

function namesOfThisHost(): HostNames {
  const ip = Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80'));
  return { dns: ['localhost', os.hostname()], ip: [...new Set(['127.0.0.1', '::1', ...ip])] };
}

async function makeSelfSigned(names: HostNames): Promise<{ certificate: string; key: string }> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${os.hostname()}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + VALID_DAYS * DAY_MS),
      keys: keys as CryptoKeyPair,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...names.dns.map((value) => ({ type: 'dns' as const, value })),
          ...names.ip.map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    },
    webcrypto as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { certificate: `${certificate.toString('pem')}\n`, key };
}
