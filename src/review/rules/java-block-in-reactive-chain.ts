import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { hasNoArguments, listCalls } from '../syntax/java.ts';
import { findAncestor } from '../syntax/source-text.ts';

const BLOCKING = ['block', 'blockFirst', 'blockLast'];

export default defineRule({
  id: 'java-block-in-reactive-chain',
  languages: ['java'],
  title: '`block()` in reactive code (Reactor)',
  summary: 'A blocked event loop thread holds up every request of that thread, and may wait for itself.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: ['io.projectreactor:reactor-core'],
  shownBy: { slow_beyond_fault: 0.8, hang: 0.5, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'Reactor 3.2 and later throws IllegalStateException for block() on its own non-blocking threads; on others it waits without limit.',
    source: 'Reactor reference "How Do I Wrap a Synchronous, Blocking Call?"; Javadoc Mono.block',
    howItMaterializes:
      'A WebFlux server has as many threads as processors: two slow calls that block are enough to stop a small one.',
    downstreamImpact: 'Health checks share those threads, so healthy processes are restarted.',
    discussion: 'Compose with flatMap or zip; what must block goes to Schedulers.boundedElastic().',
    infrastructurePattern: 'More replicas, until the code is mended.',
    benefit: 'A slow call holds up its own request only.',
    risks: 'Composed code runs on other threads: thread locals (MDC, security) need context propagation.',
    monitoring: 'Event loop thread states, latency of routes without calls.',
  },
  check({ source }) {
    if (!/\breactor\.core\b/.test(source.text)) return [];
    return listCalls(source, ...BLOCKING)
      .map(checkCall)
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import reactor.core.publisher.Mono;\nclass A { Mono<X> f() { return g().flatMap(x -> h(x)); } }',
      'import reactor.core.publisher.Mono;\nclass A { X f() { return g().block(); } }',
      'import reactor.core.publisher.Mono;\nclass A { Mono<X> f() { return Mono.fromCallable(() -> g().block()).subscribeOn(Schedulers.boundedElastic()); } }',
      'import com.example.Mono;\nclass A { Mono<X> f() { return Mono.just(g().block()); } }',
      'import reactor.core.publisher.Flux;\nclass A { void main() { g().blockLast(); } }',
      'import reactor.core.publisher.Mono;\nimport java.time.Duration;\nclass A { Mono<X> f() { return g().post().block(Duration.ofSeconds(5)).toEntity(); } }',
    ],
    invalid: [
      {
        before:
          'import reactor.core.publisher.Mono;\nclass A { Mono<X> f() { Y y = g().block(); return h(y); } }',
        after: null,
      },
      {
        before:
          'import reactor.core.publisher.*;\nclass A { public Flux<X> f() { var all = g().collectList().block(); return Flux.fromIterable(all); } }',
        after: null,
      },
      {
        before:
          'import reactor.core.publisher.Mono;\nclass A { Mono<ResponseEntity<X>> f() { return g().map(x -> h(x).block(limit)); } }',
        after: null,
      },
    ],
  },
});

function checkCall(call: LeanNode): RuleMatch | null {
  const method = findAncestor(call, 'method_declaration');
  const type = method?.child('type')?.text ?? '';
  if (method === null || !/^(Mono|Flux)\b/.test(type) || /boundedElastic|elastic\(/.test(method.text))
    return null;
  const waitsWithoutEnd = hasNoArguments(call);
  // Beside a chain, and not in it: the thread is the caller's, and gets it back after the limit.
  if (!waitsWithoutEnd && !isWithin(findAncestor(call, 'lambda_expression'), method)) return null;
  const bound = waitsWithoutEnd ? ' without limit' : '';
  return {
    startOffset: call.child('name')?.start ?? call.start,
    endOffset: call.end,
    message: `\`${call.child('name')?.text ?? ''}\` waits${bound} inside a method that gives a ${type.split('<')[0] ?? type}.`,
    fix: null,
  };
}

function isWithin(inner: LeanNode | null, outer: LeanNode): boolean {
  return inner !== null && outer.start < inner.start && inner.end <= outer.end;
}
