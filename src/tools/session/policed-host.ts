import type { Config } from '../../config.ts';
import { checkTarget } from '../../policy.ts';
import { isForward } from '../../proxy/forward.ts';
import type { OpenProxy, ProxyHost } from '../../proxy/host.ts';
import { formatAuthority } from '../../proxy/mapping.ts';
import type { ProxySpec } from '../../types-proxy.ts';
import type { FaultProgram } from '../../types-run.ts';

/**
 * A host that opens no proxy to an upstream that the policy does not allow, whoever asks for it, and whose proxies
 * look again when they connect. What a forward proxy connects to is known only then.
 */
export function withPolicy(host: ProxyHost, loadConfig: () => Promise<Config>): ProxyHost {
  return {
    ...host,
    async open(spec: ProxySpec, program: FaultProgram): Promise<OpenProxy> {
      const { allowHosts } = await loadConfig();
      if (!isForward(spec)) await checkTarget(`http://${formatAuthority(spec.upstream)}`, allowHosts);
      return host.open({ ...spec, allowHosts }, program);
    },
  };
}
