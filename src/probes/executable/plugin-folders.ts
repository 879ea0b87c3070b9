/**
 * Whose programs lie where. Only who runs the machine can put programs there, and a program runs as the server's own
 * user, with arguments that its plugin names. So placing one into a tenant's folder is what permits it to that tenant:
 * its administrators make plugins of what lies in their own folder and of nothing else, and neither see nor run what
 * others have. The first tenant is the one who runs the installation; its folder is `plugins` itself.
 */
import path from 'node:path';
import { DEFAULT_TENANT, type TenantId } from '../../model/tenant.ts';
import { PluginFolder } from './plugin-folder.ts';

export class PluginFolders {
  readonly #own: PluginFolder;
  readonly #others = new Map<TenantId, PluginFolder>();

  /** Makes the folder if it is not there. */
  constructor(folder: string) {
    this.#own = new PluginFolder(folder);
  }

  /** `plugins`, or `plugins/tenants/ID`; made when it is first asked for, so that programs can be put there. */
  of(tenant: TenantId): PluginFolder {
    if (tenant === DEFAULT_TENANT) return this.#own;
    let folder = this.#others.get(tenant);
    if (!folder) {
      const place = ['tenants', String(tenant)];
      // People of a tenant need not know where on the machine the data is.
      const told = ['plugins', ...place].join('/');
      folder = new PluginFolder(path.join(this.#own.path, ...place), { path: this.#own.path, told });
      this.#others.set(tenant, folder);
    }
    return folder;
  }
}
