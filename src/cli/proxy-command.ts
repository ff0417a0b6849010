import type { Command } from 'commander';
import proxyOpen from '../tools/proxy-open.ts';
import { addFaultFlags } from './fault-flags.ts';
import { makeFlags, readFlags } from './flags.ts';
import { holdProxies } from './proxy.ts';
import { TOXIPROXY_ADDRESS } from './toxiproxy.ts';

/** Arguments of `proxy_open` that mean something for several proxies at once. */
const SHARED = ['faults', 'tls', 'seed'];
const EXAMPLES = `
Examples:
  breakwater proxy 35432=psql://127.0.0.1:5432 --latency 80ms
  breakwater proxy 8001=http://127.0.0.1:8000 --httperror 503,only.path=/orders/** --bandwidth 64KBps
  breakwater proxy 36379=redis://127.0.0.1:6379 --reset after_bytes=4096,probability=20%`;

/** Adds `breakwater proxy`: proxies held until Ctrl-C, with a flag for each fault. */
export function addProxyCommand(
  program: Command,
  rootOf: () => string | null,
  finish: (status: number) => void,
): void {
  const flags = makeFlags(proxyOpen.input).filter(({ argument }) => SHARED.includes(argument));
  const command = program
    .command('proxy [mappings...]')
    .description('open proxies ([PORT=][PROTOCOL://]HOST:PORT) and hold them until Ctrl-C')
    .option(
      '--toxiproxy [address]',
      `serve Toxiproxy's HTTP API for its clients (default ${TOXIPROXY_ADDRESS})`,
    )
    .option('--json', 'print events as lines of JSON: open, ready, closed with what passed')
    .addHelpText('after', EXAMPLES);
  for (const { option } of flags) command.addOption(option);
  const faults = addFaultFlags(command);
  command.action(async (mappings: readonly string[]) => {
    const options: Readonly<Record<string, unknown>> = command.opts();
    const { toxiproxy, json } = options;
    const address = toxiproxy === true ? TOXIPROXY_ADDRESS : toxiproxy;
    finish(
      await holdProxies(
        mappings,
        {
          args: { ...readFlags(flags, options), ...faults() },
          toxiproxy: typeof address === 'string' ? address : null,
          json: json === true,
        },
        rootOf(),
      ),
    );
  });
}
