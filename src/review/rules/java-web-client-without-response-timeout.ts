import { defineRule } from '../rule.ts';
import { chainNames, chainStart, importsClass, listCalls } from '../syntax/java.ts';

const CLASS = 'org.springframework.web.reactive.function.client.WebClient';

export default defineRule({
  id: 'java-web-client-without-response-timeout',
  languages: ['java'],
  title: 'WebClient without a response time limit (Spring)',
  summary: 'A WebClient at its defaults waits for an answer as long as the other side likes.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['org.springframework:spring-webflux', 'io.projectreactor.netty:reactor-netty-http'],
  shownBy: { hang: 0.9 },
  advice: {
    libraryDefault:
      'reactor-netty 1: responseTimeout is not specified, which is none; 30 s to connect; a pool of 2 × processors (at least 16) connections with 45 s to wait for one.',
    source: 'reactor-netty docs "HTTP client: Timeout Configuration"',
    howItMaterializes:
      'A silent dependency holds the connections of the pool; then every call waits 45 s for one.',
    downstreamImpact: 'All calls of the client are held up, those to healthy dependencies too.',
    discussion:
      'HttpClient.create().responseTimeout(…) as the connector bounds each call; `.timeout(…)` on the chain bounds the whole of it, retries included.',
    infrastructurePattern: 'A response timeout per route in the service mesh.',
    benefit: 'A silent dependency costs the limit, and its connection comes back.',
    risks: 'Streams that pause longer than the limit are cut: leave those without.',
    monitoring: 'reactor.netty.connection.provider pending connections, time of outgoing calls.',
  },
  check({ source, project }) {
    if (!importsClass(source, CLASS)) return [];
    const limited = ['responseTimeout', 'ReadTimeoutHandler', 'WebClientCustomizer'].some((part) =>
      project.holds(part),
    );
    if (limited || /\.timeout\(/.test(source.text)) return [];
    return [
      ...listCalls(source, 'create').filter((call) => call.child('object')?.text === 'WebClient'),
      ...listCalls(source, 'build').filter(
        (call) => chainStart(call)?.text === 'WebClient' && chainNames(call)[0] === 'builder',
      ),
    ]
      .filter((call) => !chainNames(call).includes('exchangeFunction'))
      .map((call) => ({
        startOffset: call.start,
        endOffset: call.end,
        message: 'Neither this client nor its calls have a limit on the time to an answer.',
        fix: null,
      }));
  },
  examples: {
    valid: [
      `import ${CLASS};\nclass A { Object f() { return WebClient.builder().clientConnector(new ReactorClientHttpConnector(HttpClient.create().responseTimeout(limit))).build(); } }`,
      `import ${CLASS};\nclass A { WebClient c = WebClient.create(); Mono<X> f() { return c.get().retrieve().bodyToMono(X.class).timeout(limit); } }`,
      `import ${CLASS};\nclass A { A(WebClient.Builder b) { this.c = b.baseUrl(url).build(); } }`,
      'import com.example.WebClient;\nclass A { WebClient c = WebClient.create(); }',
      `import ${CLASS};\nclass A { WebClient c = WebClient.builder().exchangeFunction(f).build(); }`,
    ],
    invalid: [
      { before: `import ${CLASS};\nclass A { WebClient c = WebClient.create(url); }`, after: null },
      {
        before: `import ${CLASS};\nclass A { WebClient c = WebClient.builder().baseUrl(url).build(); }`,
        after: null,
      },
      {
        before: `import org.springframework.web.reactive.function.client.*;\nclass A { @Bean WebClient c() { return WebClient.create(); } }`,
        after: null,
      },
    ],
  },
});
