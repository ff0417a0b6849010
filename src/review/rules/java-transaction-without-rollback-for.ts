import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { annotationOf, importsClass } from '../syntax/java.ts';
import { isCheckedException, mayThrow, saysNothing, type Throwing } from '../syntax/java-throws.ts';
import { changesRows, listActions } from '../syntax/java-writes.ts';
import { listWithin, membersOf } from '../syntax/source-text.ts';

const CLASS = 'org.springframework.transaction.annotation.Transactional';
/** Calls that throw nothing checked, as they stand around a `try`. */
const NEVER_FAILS = /\.(lock|unlock|currentTimeMillis|debug|info|warn|error)\(/;
/** Calls that may write where they are all that a method does, by the beginning of their names. */
const WRITE =
  /^(save|insert|update|delete|remove|persist|merge|create|add|store|write|put|upsert|replace|batch|execute|assign|move|copy|import|send|publish|process|handle|do[A-Z]|set[A-Z]\w*(Status|State))/;
/** There is no transaction that could be rolled back. */
const WITHOUT_TRANSACTION = /readOnly\s*=\s*true|\b(NOT_SUPPORTED|NEVER)\b/;

export default defineRule({
  id: 'java-transaction-without-rollback-for',
  languages: ['java'],
  title: 'Transaction that commits on a checked exception (Spring)',
  summary: 'When the method ends with a checked exception, its half-done writes are committed.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['org.springframework:spring-tx'],
  shownBy: { unclear_error: 0.3 },
  advice: {
    libraryDefault:
      'Spring (all versions): @Transactional rolls back on RuntimeException and Error only; a checked exception commits.',
    source: 'Spring Framework reference "Declarative Transaction Management: Rolling Back"',
    howItMaterializes:
      'A file, a socket or a remote call inside the transaction fails with IOException after a write.',
    downstreamImpact: 'Half a change is kept, and the retry of the caller makes it twice.',
    discussion: '`rollbackFor = Exception.class` says what everybody expects of a transaction.',
    infrastructurePattern: 'None helps: only the application knows what belongs together.',
    benefit: 'A failed method leaves nothing behind.',
    risks: 'Methods that rely on the commit (a log of failures) need noRollbackFor.',
    monitoring: 'Rollbacks and commits by method.',
  },
  check({ source, project }) {
    if (!importsClass(source, CLASS)) return [];
    const usesLombok = importsClass(source, 'lombok.SneakyThrows');
    const isChecked = (type: string) => isCheckedException(type, project);
    return source
      .nodes('method_declaration')
      .map((method) => checkMethod(method, usesLombok ? listHidden(method) : [], { isChecked, project }))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws IOException { } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() { } }`,
      `import ${CLASS};\nclass A { @Transactional public X f() throws Exception { lock.lock(); try { save(); } catch (Exception e) { fail(e.getMessage()); } finally { lock.unlock(); } return null; } }`,
      `import ${CLASS};\nclass A { @Transactional(readOnly = true) public X f() throws IOException { return g(); } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws IllegalStateException { } }`,
      'import jakarta.transaction.Transactional;\nclass A { @Transactional public void f() throws IOException { } }',
      `import ${CLASS};\nclass A { public void f() throws IOException { } }`,
      `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows(IllegalStateException.class) @Transactional public void f() { save(); } }`,
      `import ${CLASS};\nclass A { @Transactional(propagation = Propagation.NOT_SUPPORTED) public void f() throws IOException { save(); } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws PaymentException { save(); } }\nclass PaymentException extends RuntimeException { }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws CardException { save(); } }\nclass CardException extends PaymentException { }\nclass PaymentException extends IllegalStateException { }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws FarException { save(); } }\nclass FarException extends com.example.BaseException { }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws Two { save(); } }\nclass Two extends IOException { }\nclass B { class Two extends IllegalStateException { } }`,
      `import ${CLASS};\nclass A { @Transactional public Order f(long id) throws NotFoundException { Order order = orders.findById(id); if (order == null) throw new NotFoundException(); return order; } }\nclass NotFoundException extends Exception { }`,
      `import ${CLASS};\nclass A { @Transactional public long f(Order order) throws ParseException { order.check(parser.parse(text)); orders.save(order); return order.getId(); } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws BadOrderException { if (!valid()) throw new BadOrderException(); orders.save(order); audit.save(order); } }\nclass BadOrderException extends Exception { }`,
      `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional public void f() { orderDao.save(order); lineDao.saveAll(lines); reload(); } void reload() { } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws PickException { X x = this.pick(); try { store.save(x); Counts.one(x); } catch (PickException e) { Counts.failed(e); throw e; } } X pick() throws PickException { } }\nclass PickException extends Exception { }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws IOException { keys.read(file); orderRepository.save(order); publisher.publishEvent(order); cache.forget(); } }\nclass B { void forget() { } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws IOException { news.sendMessage(order); files.move(order.getPath()); orderRepository.save(order); } }`,
      `import ${CLASS};\nclass A { @Transactional public void f() throws IOException { orders.importAll(order); } }\nclass B { public void importAll(Order order) { } }`,
      `import ${CLASS};\nclass A { @Transactional public void f(URI uri, final OutputStream out) throws IOException { out.write(orders.getPicture(uri)); } }`,
    ],
    invalid: [
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f(URI uri, OrderStore out) throws IOException { out.write(uri); } }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f(URI uri, OrderStore out) throws IOException { out.write(uri); } }`,
      },
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f() throws PickException { store.save(x); other.pick(x); } }\nclass B { X pick(@Size(max = 2) X x) throws OtherException, PickException { } }\nclass PickException extends Exception { }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws PickException { store.save(x); other.pick(x); } }\nclass B { X pick(@Size(max = 2) X x) throws OtherException, PickException { } }\nclass PickException extends Exception { }`,
      },
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f() throws IOException { orders.save(order); files.move(order.getPath()); } }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws IOException { orders.save(order); files.move(order.getPath()); } }`,
      },
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f() throws Exception { try { save(); } catch (Exception e) { log(e); throw e; } } }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws Exception { try { save(); } catch (Exception e) { log(e); throw e; } } }`,
      },
      {
        before: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional public void f() { save(); } }`,
        after: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional(rollbackFor = Exception.class) public void f() { save(); } }`,
      },
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f() throws CardException { save(); } }\nclass CardException extends PaymentException { }\nclass PaymentException extends java.io.IOException { }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws CardException { save(); } }\nclass CardException extends PaymentException { }\nclass PaymentException extends java.io.IOException { }`,
      },
      {
        before: `import ${CLASS};\nclass A { @Transactional public void f() throws IOException { save(); } }`,
        after: `import ${CLASS};\nclass A { @Transactional(rollbackFor = Exception.class) public void f() throws IOException { save(); } }`,
      },
      {
        before: `import ${CLASS};\nclass A {\n  @Transactional(propagation = REQUIRES_NEW)\n  public void f() throws Exception { save(); }\n}`,
        after: `import ${CLASS};\nclass A {\n  @Transactional(propagation = REQUIRES_NEW, rollbackFor = Exception.class)\n  public void f() throws Exception { save(); }\n}`,
      },
      {
        before: `import org.springframework.transaction.annotation.*;\nclass A { @Transactional("orders") public void f() throws PaymentException, IOException { save(); } }`,
        after: `import org.springframework.transaction.annotation.*;\nclass A { @Transactional(value = "orders", rollbackFor = Exception.class) public void f() throws PaymentException, IOException { save(); } }`,
      },
      {
        before: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional public void f() { orderDao.save(order); lineDao.saveAll(lines); reload(); } void reload() throws IOException { } }`,
        after: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional(rollbackFor = Exception.class) public void f() { orderDao.save(order); lineDao.saveAll(lines); reload(); } void reload() throws IOException { } }`,
      },
      {
        before: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional public void f() { orderDao.save(order); lineDao.saveAll(lines); reload(); } @SneakyThrows void reload() { } }`,
        after: `import lombok.SneakyThrows;\nimport ${CLASS};\nclass A { @SneakyThrows @Transactional(rollbackFor = Exception.class) public void f() { orderDao.save(order); lineDao.saveAll(lines); reload(); } @SneakyThrows void reload() { } }`,
      },
    ],
  },
});

/** What Lombok lets the method throw without saying so; with no classes named it is every exception. */
function listHidden(method: LeanNode): string[] {
  const hiding = annotationOf(method, 'SneakyThrows');
  if (hiding === null) return [];
  const named = [...hiding.text.matchAll(/(\w+)\.class/g)].map((match) => match[1] ?? '');
  return named.length === 0 ? ['Exception'] : named;
}

interface Known {
  readonly isChecked: (type: string) => boolean;
  readonly project: ProjectFacts;
}

function checkMethod(
  method: LeanNode,
  hidden: readonly string[],
  { isChecked, project }: Known,
): RuleMatch | null {
  const annotation = annotationOf(method, 'Transactional');
  const declared = (method.childOfType('throws')?.children ?? []).map(({ text }) => text);
  const thrown = [...declared, ...hidden].filter(isChecked);
  if (annotation === null || thrown.length === 0) return null;
  if (annotation.text.includes('rollbackFor') || WITHOUT_TRANSACTION.test(annotation.text)) return null;
  if (catchesAll(method, isChecked) || !failsAfterWrite({ method, thrown, project })) return null;
  return {
    startOffset: annotation.start,
    endOffset: annotation.end,
    message: `This commits when the method ends with ${thrown.map((type) => `\`${type}\``).join(' or ')}.`,
    fix: { summary: 'Roll back on every exception.', edits: editsOf(annotation) },
  };
}

/** Whether a call is one of a stream or a writer that the method is given: no transaction takes back what went there. */
function writesToStream(call: LeanNode, method: LeanNode): boolean {
  const object = call.child('object')?.text;
  return (method.child('parameters')?.children ?? []).some(
    (one) =>
      one.child('name')?.text === object && /(Stream|Writer|Channel)$/.test(one.child('type')?.text ?? ''),
  );
}

/** Whether a write stands before what fails: before a `throw` of these types, else before a call that may fail. */
function failsAfterWrite(throwing: Throwing): boolean {
  const { method, thrown, project } = throwing;
  const [only, ...more] = listActions(method);
  if (only === undefined) return false;
  const nameOfOnly = only.child('name')?.text ?? '';
  if (more.length === 0)
    return WRITE.test(nameOfOnly) && !writesToStream(only, method) && !saysNothing(nameOfOnly, project);
  const write = [only, ...more].find(changesRows);
  if (write === undefined) return false;
  const made = listWithin(method, 'throw_statement').filter((one) =>
    thrown.includes(/^throw\s+new\s+(?:\w+\.)*(\w+)/.exec(one.text)?.[1] ?? ''),
  );
  if (made.length > 0) return made.some((one) => one.start > write.start);
  return more.some((call) => call.start > write.end && mayThrow(call, throwing));
}

/** Whether all that may fail stands in one `try` that takes every exception and throws no checked one. */
function catchesAll(method: LeanNode, isChecked: (type: string) => boolean): boolean {
  const statements = membersOf(method.child('body') ?? method);
  const attempt = statements.find((one) => one.type === 'try_statement');
  const others = statements.filter((one) => one !== attempt);
  if (others.some((one) => listWithin(one, 'method_invocation').some((call) => !NEVER_FAILS.test(call.text))))
    return false;
  const taking = (attempt?.children ?? []).find(
    (one) => one.type === 'catch_clause' && /^catch\s*\(\s*(final\s+)?(Exception|Throwable)\b/.test(one.text),
  );
  if (taking === undefined) return false;
  return listWithin(taking, 'throw_statement').every((thrown) => {
    const made = /^throw\s+new\s+(\w+)/.exec(thrown.text)?.[1];
    return made !== undefined && !isChecked(made);
  });
}

function editsOf(annotation: LeanNode) {
  const list = annotation.child('arguments');
  const rollback = 'rollbackFor = Exception.class';
  if (list === null) return [insertAt(annotation.end, `(${rollback})`)];
  const only = list.children[0];
  if (only === undefined) return [insertAt(list.start + 1, rollback)];
  const name = only.type === 'element_value_pair' ? [] : [insertAt(only.start, 'value = ')];
  return [...name, insertAt(list.end - 1, `, ${rollback}`)];
}
