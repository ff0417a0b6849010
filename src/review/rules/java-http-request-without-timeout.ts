import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { chainNames, chainStart, importsClass, listCalls } from '../syntax/java.ts';

/** A client of the JDK that is declared or made. */
const SENDER = /(?<![\w.])HttpClient(\s+\w+|\.newHttpClient|\.newBuilder)/;
/** A client of the project's own, which may bring the limit along. */
const OTHER_SENDER = /(?<![\w.])\w+Client\s+\w+\s*[;=,)]/;

export default defineRule({
  id: 'java-http-request-without-timeout',
  languages: ['java'],
  title: 'Request of java.net.http without a time limit',
  summary: 'A request without `timeout` waits as long as the other side likes.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.9, slow_beyond_fault: 0.2 },
  advice: {
    libraryDefault:
      'java.net.http (Java 11 and later): without HttpRequest.Builder.timeout the effect is that of an infinite duration; connectTimeout of the client is not set either.',
    source: 'Java SE docs: HttpRequest.Builder.timeout, HttpClient.Builder.connectTimeout',
    howItMaterializes: 'A dependency accepts and stays silent: `send` never returns.',
    downstreamImpact: 'Threads, or futures, pile up behind one silent dependency.',
    discussion:
      'The limit on the request covers the whole exchange until the headers are there; below the deadline of the caller.',
    infrastructurePattern: 'A response timeout per route in the service mesh.',
    benefit: 'A silent dependency costs four seconds at most, and the error has a name.',
    risks: 'Calls that take longer fail now with HttpTimeoutException.',
    monitoring: 'HttpTimeoutException by dependency, time of outgoing calls.',
  },
  check({ source }) {
    if (!importsClass(source, 'java.net.http.HttpRequest')) return [];
    if (!SENDER.test(source.text) && OTHER_SENDER.test(source.text)) return [];
    return listCalls(source, 'build')
      .map(checkBuild)
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import java.net.http.HttpRequest;\nclass A { Object f() { return HttpRequest.newBuilder().uri(u).timeout(limit).build(); } }',
      'import java.net.http.HttpRequest;\nclass A { Object f() { var b = HttpRequest.newBuilder(); b.timeout(limit); return b.build(); } }',
      'import com.example.HttpRequest;\nclass A { Object f() { return HttpRequest.newBuilder().uri(u).build(); } }',
      'import java.net.http.HttpRequest;\nimport java.net.http.HttpClient;\nclass A { Object f() { return HttpClient.newBuilder().connectTimeout(limit).build(); } }',
      'import java.net.http.HttpRequest;\nclass A { void f(HttpRequest r) { client.send(r, handler); } }',
      'import java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\nclass A { private final PatientHttpClient client; void f() { client.send(HttpRequest.newBuilder().uri(u).build(), HttpClient.Version.HTTP_2); } }',
      'import java.net.http.HttpRequest;\nclass A { HttpRequest f(HttpRequest request) { return HttpRequest.newBuilder(request, (name, value) -> true).header("a", "b").build(); } }',
    ],
    invalid: [
      {
        before:
          'import java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\nclass A { private final HttpClient client; void f() { client.send(HttpRequest.newBuilder().uri(u).build(), h); } }',
        after:
          'import java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\nclass A { private final HttpClient client; void f() { client.send(HttpRequest.newBuilder().uri(u).timeout(java.time.Duration.ofSeconds(4)).build(), h); } }',
      },
      {
        before:
          'import java.net.http.HttpRequest;\nclass A { Object f() { return HttpRequest.newBuilder().uri(u).build(); } }',
        after:
          'import java.net.http.HttpRequest;\nclass A { Object f() { return HttpRequest.newBuilder().uri(u).timeout(java.time.Duration.ofSeconds(4)).build(); } }',
      },
      {
        before:
          'import java.net.http.*;\nclass A {\n  HttpRequest r = HttpRequest.newBuilder(URI.create(url))\n      .POST(body)\n      .build();\n}\n',
        after:
          'import java.net.http.*;\nclass A {\n  HttpRequest r = HttpRequest.newBuilder(URI.create(url))\n      .POST(body)\n      .timeout(java.time.Duration.ofSeconds(4))\n      .build();\n}\n',
      },
      {
        before:
          'import java.net.http.HttpRequest;\nclass A { void f() { client.send(HttpRequest.newBuilder(u).build(), h); } }',
        after:
          'import java.net.http.HttpRequest;\nclass A { void f() { client.send(HttpRequest.newBuilder(u).timeout(java.time.Duration.ofSeconds(4)).build(), h); } }',
      },
    ],
  },
});

function checkBuild(call: LeanNode): RuleMatch | null {
  const names = chainNames(call);
  const before = call.child('object');
  const name = call.child('name');
  if (before === null || name === null || chainStart(call)?.text !== 'HttpRequest') return null;
  if (names[0] !== 'newBuilder' || names.includes('timeout')) return null;
  // A copy of a request keeps its limit.
  if (/newBuilder\(\s*\w+\s*,/.test(call.text)) return null;
  const gap = call.textBetween(before, name).replace(/\.\s*$/, '');
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This request has no `timeout`, so it may wait for ever.',
    fix: {
      summary: 'Give up after four seconds.',
      edits: [insertAt(before.end, `${gap}.timeout(java.time.Duration.ofSeconds(4))`)],
    },
    ofOneCall: true,
  };
}
