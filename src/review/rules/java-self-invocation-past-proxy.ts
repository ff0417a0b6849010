import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleContext, type RuleMatch } from '../rule.ts';
import { annotationOf, importsClass } from '../syntax/java.ts';
import { changesRows, listActions } from '../syntax/java-writes.ts';
import { findAncestor, listWithin, type SourceText } from '../syntax/source-text.ts';

/** Annotations that only a proxy acts on, with the classes that they may be. */
const BY_PROXY: Readonly<Record<string, readonly string[]>> = {
  Transactional: ['org.springframework.transaction.annotation.Transactional'],
  Async: ['org.springframework.scheduling.annotation.Async'],
  Retryable: [
    'org.springframework.retry.annotation.Retryable',
    'org.springframework.resilience.annotation.Retryable',
  ],
  CircuitBreaker: ['io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker'],
  TimeLimiter: ['io.github.resilience4j.timelimiter.annotation.TimeLimiter'],
  Retry: ['io.github.resilience4j.retry.annotation.Retry'],
};
/** Where one call may be many. */
const LOOPS = ['for_statement', 'enhanced_for_statement', 'while_statement', 'lambda_expression'];
/** Weaving changes the class itself, so that calls within it are seen. */
const WEAVING = ['AdviceMode.ASPECTJ', 'EnableLoadTimeWeaving', 'mode="aspectj"'];
/** Names of the methods that run on a thread of their own wherever another bean calls them. */
const ASYNC_METHODS = /@Async\b(?:\([^)]*\))?\s+(?:@\w+(?:\([^)]*\))?\s+)*(?:[\w<>[\],.?]+\s+)*?(\w+)\s*\(/g;
/** Calls that only say what happened, or what time it is. */
const QUICK = /^(println|print|nanoTime|currentTimeMillis|now|of|valueOf|append)$/;
const START = 'import org.springframework.transaction.annotation.Transactional;\nclass A {';
const ASYNC = 'import org.springframework.scheduling.annotation.Async;\nclass A {';

export default defineRule({
  id: 'java-self-invocation-past-proxy',
  languages: ['java'],
  title: 'Call within a class that goes past its proxy (Spring)',
  summary:
    'A method is called by its own class, so the transaction, the retry or the thread that its annotation promises is not there.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: ['org.springframework:spring-context', 'org.springframework:spring-tx'],
  shownBy: { unclear_error: 0.3, hang: 0.2 },
  advice: {
    libraryDefault:
      'Spring (all versions, proxy mode, which is the default): only calls that come in through the proxy are intercepted; a call within the object is a plain Java call.',
    source:
      'Spring Framework reference "Understanding AOP Proxies" and "Using @Transactional"; Resilience4j reference "Spring Boot: Annotations"',
    howItMaterializes:
      'The second write fails and the first one stays; the failing call is not repeated; the slow work holds the thread of the request.',
    downstreamImpact: 'Half a change is kept, or the caller waits for work that was to be done beside it.',
    discussion:
      'Move the annotated method into a bean of its own, or put the annotation on the method that others call, or use TransactionTemplate, RetryTemplate or an executor there.',
    infrastructurePattern: 'None helps: only the application knows what belongs together.',
    benefit: 'The annotation does what it says.',
    risks: 'What was never transactional, repeated or beside the request now is: test the failing case.',
    monitoring: 'Rollbacks, retries and executor tasks by method: the missing ones are at zero.',
  },
  check({ source, project }) {
    const proxied = Object.keys(BY_PROXY).filter((name) =>
      BY_PROXY[name]?.some((full) => importsClass(source, full)),
    );
    if (proxied.length === 0 || WEAVING.some((text) => project.holds(text))) return [];
    return source
      .nodes('class_declaration')
      .flatMap((type) => checkClass(type, proxied, { source, project }));
  },
  examples: {
    valid: [
      `${START} @Transactional public void f() { g(); } @Transactional public void g() { } }`,
      `${START} private B b; public void f() { b.g(); } @Transactional public void g() { } }`,
      `${START} @Autowired private A self; public void f() { self.g(); } @Transactional public void g() { } }`,
      `${START} public void f() { g(); } @Transactional(readOnly = true) public X g() { } }`,
      `${START} public void f() { g(1); } public void g(int a) { } @Transactional public void g(int a, int b) { } }`,
      `${START} public void f() { tx.execute(s -> { g(); return null; }); } @Transactional public void g() { } }`,
      `${START} @Transactional public void f() { h(); } private void h() { g(); } @Transactional public void g() { } }`,
      `import org.springframework.transaction.annotation.Transactional;\n@Transactional\nclass A { public void f() { g(); } @Transactional public void g() { } }`,
      'import com.example.Async;\nclass A { public void f() { g(); } @Async public void g() { } }',
      `${START} public Runnable r = new Runnable() { public void run() { g(); } }; @Transactional public void g() { } }`,
      `${START} @Override public void f() { g(); } @Transactional public void g() { } }\nclass B { @Transactional public void h() { a.f(); } }`,
      `${ASYNC} public void f() { tell(1); } @Async private void tell(int a) { log.info("tell"); mails.sendNews(text.getBody(), a); } }\nclass Mails { @Async("pool") public CompletableFuture<Void> sendNews(String b, int a) { mail(a); } }`,
      `${START} public void f() { g(1); } @Transactional public void g(int a) { if (isNew(a)) items.save(a); } }`,
      `${START} public void f() { g(1); } @Transactional public X g(int a) { X x = items.findOne(a); names.add(x); return convert(x); } }`,
      `${START} public void f() { g(1); } @Transactional(propagation = Propagation.REQUIRES_NEW) public X g(int a) { return items.saveAndFlush(a); } }`,
      `${ASYNC} class B { void f() { g(); } void g() { } } @Async public void g() { } }`,
      `${START} @Transactional public X f() { X x = find(); return g(x); } @Transactional(propagation = Propagation.REQUIRES_NEW) public X g(X x) { return items.save(x); } }`,
    ],
    invalid: [
      {
        before: `${ASYNC} public void f() { tell(1); } @Async private void tell(int a) { letters.write(a); mails.sendNews(a); } }\nclass Mails { @Async public void sendNews(int a) { mail(a); } }`,
        after: null,
      },
      {
        before: `${START} public void f() { g(all); } @Transactional public void g(List<X> all) { for (X one : all) items.save(one); } }`,
        after: null,
      },
      {
        before: `${START} @Override public void f() { g(); } @Override @Transactional public void g() { items.save(a); lines.saveAll(b); } }`,
        after: null,
      },
      {
        before: `${START} public void f() { g(); } @Transactional public void g() { cartService.removeAll(a); insertLine(b); } }`,
        after: null,
      },
      {
        before: `${ASYNC} @Transactional public void f() { this.send(1); } @Async public void send(int a) { mail(a); } }`,
        after: null,
      },
      {
        before: `import org.springframework.retry.annotation.*;\nclass A { public X f() { return items.stream().map(i -> load(i)).toList(); } @Retryable(maxAttempts = 3) public X load(I i) { return get(i); } }`,
        after: null,
      },
      {
        before: `${START} @Transactional public void f() { g(); h(); } @Transactional(propagation = Propagation.REQUIRES_NEW) public void g() { a(); } }`,
        after: null,
      },
    ],
  },
});

function checkClass(
  type: LeanNode,
  proxied: readonly string[],
  { source, project }: RuleContext,
): RuleMatch[] {
  const methods = type.child('body')?.children.filter((one) => one.type === 'method_declaration') ?? [];
  const overloads = (name: string) => methods.filter((one) => one.child('name')?.text === name);
  return methods.flatMap((called) => {
    const annotation = proxied.map((name) => annotationOf(called, name)).find((one) => one !== null);
    const name = called.child('name')?.text ?? '';
    if (annotation == null || overloads(name).length > 1) return [];
    return callsOf(name, source)
      .filter((call) => isHarmful(call, annotation, { type, methods, called, project }))
      .map((call) => toMatch(call, annotation, name));
  });
}

/** Calls of a method by its plain name or by `this`. */
function callsOf(name: string, source: SourceText): LeanNode[] {
  return source.nodes('method_invocation').filter((call) => {
    const object = call.child('object');
    return call.child('name')?.text === name && (object === null || object.type === 'this');
  });
}

interface Surroundings {
  readonly type: LeanNode;
  readonly methods: readonly LeanNode[];
  readonly called: LeanNode;
  readonly project: ProjectFacts;
}

function isHarmful(
  call: LeanNode,
  annotation: LeanNode,
  { type, methods, called, project }: Surroundings,
): boolean {
  const caller = findAncestor(call, 'method_declaration', 'constructor_declaration', 'class_body');
  const name = annotation.child('name')?.text ?? '';
  // A class body in between: an initializer of a field, or an anonymous class, whose callers are not known.
  if (caller === null || caller.type === 'class_body' || !methods.includes(caller)) return false;
  if (name === 'Async' && handsOn(called, project)) return false;
  if (name !== 'Transactional')
    return annotationOf(caller, name) === null && annotationOf(type, name) === null;
  if (/readOnly\s*=\s*true|\b(SUPPORTS|NOT_SUPPORTED|NEVER|MANDATORY)\b/.test(annotation.text)) return false;
  // The transaction around it takes the writes back that were to stay, or the other way round.
  if (/\b(REQUIRES_NEW|NESTED)\b/.test(annotation.text) && isInTransaction(caller, type))
    return !isLastIn(call, caller);
  // Who calls the caller may have begun a transaction, and then none is missing.
  if (!writesMoreThanOnce(called)) return false;
  if (isPrivate(caller) || isPrivate(called) || isInTransaction(caller, type) || isInTemplate(call))
    return false;
  return !project.holdsTogether(['@Transactional', `.${caller.child('name')?.text ?? ''}(`]);
}

/** Whether the method changes rows in more than one statement: a single one is a transaction by itself. */
function writesMoreThanOnce(method: LeanNode): boolean {
  const writes = listActions(method).filter(changesRows);
  const repeated = listWithin(method, ...LOOPS);
  return (
    writes.length > 1 ||
    writes.some((write) => repeated.some((loop) => loop.start < write.start && write.end <= loop.end))
  );
}

/** Whether all that may take its time is handed to other beans, whose methods run on threads of their own. */
function handsOn(method: LeanNode, project: ProjectFacts): boolean {
  const known = new Set(project.capturesOf(ASYNC_METHODS));
  const calls = listActions(method).filter((call) => !QUICK.test(call.child('name')?.text ?? ''));
  return (
    calls.length > 0 &&
    calls.every((call) => {
      const object = call.child('object');
      return object !== null && object.type !== 'this' && known.has(call.child('name')?.text ?? '');
    })
  );
}

/** Whether nothing of the method comes after a call, so that what is around it ends when it does. */
function isLastIn(call: LeanNode, method: LeanNode): boolean {
  const last = method.child('body')?.children.findLast((one) => one.type.endsWith('_statement'));
  return last !== undefined && /^(return|expression)_/.test(last.type) && last.start <= call.start;
}

/** Whether the method runs in a transaction by its class or by itself. */
function isInTransaction(method: LeanNode, type: LeanNode): boolean {
  return [type, method].some((one) => annotationOf(one, 'Transactional') !== null);
}

function isPrivate(method: LeanNode): boolean {
  return /\bprivate\b/.test(method.childOfType('modifiers')?.text ?? '');
}

/** Whether a template begins the transaction around the call, as `TransactionTemplate.execute` does. */
function isInTemplate(call: LeanNode): boolean {
  for (let above = call.parent; above !== null; above = above.parent) {
    if (above.type !== 'method_invocation') continue;
    if (/transaction|^tx|template/i.test(above.child('object')?.text ?? '')) return true;
    if (/transaction|^execute/i.test(above.child('name')?.text ?? '')) return true;
  }
  return false;
}

function toMatch(call: LeanNode, annotation: LeanNode, name: string): RuleMatch {
  const said = `@${annotation.child('name')?.text ?? ''}`;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${name}\` is called by its own class, so its \`${said}\` has no effect here.`,
    fix: null,
  };
}
