import type { AppError } from '../errors.ts';
import { isHttp } from '../proxy/fit.ts';
import { formatMapping } from '../proxy/mapping.ts';
import type { Answer } from '../tools/session/answer.ts';
import type { NamedProxy } from '../tools/session/named-proxies.ts';
import { toTrafficFacts } from '../tools/session/traffic.ts';
import type { JsonValue, UpstreamProtocol } from '../types.ts';
import { printError } from './print-error.ts';
import type { ToxiproxyApi } from './toxiproxy.ts';

/** What `breakwater proxy` says on stdout: text for people, or one line of JSON for each event. */
export interface ProxyVoice {
  opened(answer: Answer, named: NamedProxy): void;
  openedApi(api: ToxiproxyApi): void;
  /** All proxies are open. */
  ready(): void;
  closed(answer: Answer): void;
  closedApi(api: ToxiproxyApi): Promise<void>;
  failed(error: AppError): void;
}

export function openVoice(json: boolean): ProxyVoice {
  return json ? JSON_VOICE : TEXT_VOICE;
}

const TEXT_VOICE: ProxyVoice = {
  opened: ({ text }) => say(text),
  openedApi: ({ text }) => say(text),
  ready: () => undefined,
  closed: ({ text }) => say(text),
  async closedApi(api) {
    process.stdout.write(await api.listTraffic());
  },
  failed: (error) => printError(error, false),
};

const JSON_VOICE: ProxyVoice = {
  opened({ facts }, { proxy }) {
    const { ca_file: caFile = null, ...others } = facts;
    const upstream = formatMapping({ listenPort: 0, upstream: proxy.spec.upstream });
    tell('open', {
      ...others,
      url: urlOf(proxy.spec.upstream.protocol, proxy.port, caFile !== null),
      upstream,
      env: caFile === null ? {} : trustVariables(caFile),
    });
  },
  openedApi({ host, port, seed }) {
    tell('toxiproxy', { address: `${host}:${port}`, url: `http://${host}:${port}`, seed });
  },
  ready: () => tell('ready', {}),
  closed({ facts: { traffic } }) {
    if (typeof traffic !== 'object' || traffic === null || Array.isArray(traffic)) return;
    for (const [name, passed] of Object.entries(traffic)) tell('closed', { name, traffic: passed });
  },
  async closedApi(api) {
    for (const { proxy, traffic } of await api.traffic()) {
      const { name, listen, enabled } = proxy;
      const passed = traffic === null ? null : toTrafficFacts(traffic);
      tell('closed', { name, address: listen, enabled, traffic: passed });
    }
  },
  failed: (error) => printError(error, true, 0),
};

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tell(event: string, facts: Readonly<Record<string, JsonValue>>): void {
  say(JSON.stringify({ event, ...facts }));
}

/** Variables by which clients trust the CA of a proxy that speaks TLS: Node's, OpenSSL's and Go's, Python's, curl's. */
function trustVariables(caFile: JsonValue): Record<string, JsonValue> {
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
  return Object.fromEntries(names.map((name) => [name, caFile]));
}

/** The proxy's address with the scheme that its clients speak, ready for a variable such as DATABASE_URL. */
function urlOf(protocol: UpstreamProtocol, port: number, speaksTls: boolean): string {
  const host = speaksTls ? 'localhost' : '127.0.0.1';
  if (isHttp({ protocol })) return `${speaksTls ? 'https' : 'http'}://${host}:${port}`;
  if (protocol === 'psql' || protocol === 'psqls') return `postgresql://${host}:${port}`;
  if (protocol === 'redis') return `${speaksTls ? 'rediss' : 'redis'}://${host}:${port}`;
  return `${speaksTls ? 'tls' : 'tcp'}://${host}:${port}`;
}
