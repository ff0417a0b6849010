import type { ProxyTraffic } from '../types-proxy.ts';
import type { ProxyBody } from './toxic-proxy.ts';

export interface MeasuredProxy {
  readonly proxy: ProxyBody;
  /** `null`: it is not enabled. */
  readonly traffic: ProxyTraffic | null;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly values: (
    traffic: ProxyTraffic,
  ) => readonly (readonly [Readonly<Record<string, string>>, number])[];
}

/** The first two are Toxiproxy's own (its METRICS.md), the others are ours. Counters begin anew with an enabled proxy. */
const METRICS: readonly Metric[] = [
  {
    name: 'toxiproxy_proxy_received_bytes_total',
    type: 'counter',
    help: 'Bytes received from clients (upstream) and from the upstream (downstream).',
    values: ({ requestBytes, responseBytes }) => [
      [{ direction: 'upstream' }, requestBytes],
      [{ direction: 'downstream' }, responseBytes],
    ],
  },
  {
    name: 'toxiproxy_proxy_sent_bytes_total',
    type: 'counter',
    help: 'Bytes sent to the upstream (upstream) and to clients (downstream).',
    values: ({ requestSentBytes, responseSentBytes }) => [
      [{ direction: 'upstream' }, requestSentBytes],
      [{ direction: 'downstream' }, responseSentBytes],
    ],
  },
  {
    name: 'breakwater_proxy_connections_total',
    type: 'counter',
    help: 'Connections accepted.',
    values: ({ connections }) => [[{}, connections]],
  },
  {
    name: 'breakwater_proxy_open_connections',
    type: 'gauge',
    help: 'Connections that are open.',
    values: ({ openConnections }) => [[{}, openConnections]],
  },
  {
    name: 'breakwater_proxy_exchanges_total',
    type: 'counter',
    help: 'Exchanges: stretches of a connection from a request to the end of its answer.',
    values: ({ exchanges }) => [[{}, exchanges]],
  },
  {
    name: 'breakwater_proxy_hits_total',
    type: 'counter',
    help: 'Toxics that acted on an exchange.',
    values: ({ hits }) => [[{}, hits]],
  },
];

/** Content type of `renderMetrics`. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes what passed as Prometheus reads it (text exposition format 0.0.4). */
export function renderMetrics(measured: readonly MeasuredProxy[]): string {
  return METRICS.map(({ name, type, help, values }) => {
    const samples = measured.flatMap(({ proxy, traffic }) =>
      traffic === null
        ? []
        : values(traffic).map(([labels, value]) => `${name}{${showLabels(proxy, labels)}} ${value}\n`),
    );
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('')}`;
  }).join('');
}

function showLabels({ name, listen, upstream }: ProxyBody, more: Readonly<Record<string, string>>): string {
  return Object.entries({ ...more, proxy: name, listener: listen, upstream })
    .map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, escapeCharacter)}"`)
    .join(',');
}

function escapeCharacter(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}
