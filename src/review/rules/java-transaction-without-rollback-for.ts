import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { annotationOf, importsClass } from '../syntax/java.ts';
import { listWithin, membersOf } from '../syntax/source-text.ts';

const CLASS = 'org.springframework.transaction.annotation.Transactional';
/** Checked exceptions of the JDK and of Jakarta that methods of services declare. */
const CHECKED =
  /^(Exception|Throwable|IOException|SQLException|InterruptedException|TimeoutException|ExecutionException|ClassNotFoundException|CloneNotSupportedException|GeneralSecurityException|NoSuchAlgorithmException|InvalidKeyException|KeyStoreException|CertificateException|ParseException|MessagingException|URISyntaxException|MalformedURLException|FileNotFoundException|UnsupportedEncodingException|UnknownHostException|JAXBException|NamingException|ServletException)$/;
/** Calls that throw nothing checked, as they stand around a `try`. */
const NEVER_FAILS = /\.(lock|unlock|currentTimeMillis|debug|info|warn|error)\(/;
/** Calls that write, by the beginning of their names. */
const WRITE =
  /^(save|insert|update|delete|remove|persist|merge|create|add|store|write|put|upsert|replace|batch|execute|assign|move|copy|import|send|publish|process|handle|do[A-Z]|set[A-Z]\w*(Status|State))/;
/** Calls that only read what is at hand, or say what happened. */
const HARMLESS =
  /^(get|is|has|size|equals|lock$|unlock$|debug$|info$|warn$|error$|trace$|format$|toString$|build)/;
/** How far up a class of the project is followed. */
const MAX_PARENTS = 6;
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
    const isChecked = (type: string) => isCheckedType(type, project, MAX_PARENTS);
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
    ],
    invalid: [
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

/** Whether a class is a checked exception: one of the JDK, or one of the project whose parents lead to such a one. */
function isCheckedType(type: string, project: ProjectFacts, parents: number): boolean {
  const name = type.slice(type.lastIndexOf('.') + 1);
  if (CHECKED.test(name)) return true;
  const above = parents === 0 ? [] : project.wordsAfter(`class ${name} extends `);
  // Two classes of one name: both must be checked.
  return above.length > 0 && above.every((one) => isCheckedType(one, project, parents - 1));
}

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
  if (catchesAll(method, isChecked) || !failsAfterWrite(method, thrown, project)) return null;
  return {
    startOffset: annotation.start,
    endOffset: annotation.end,
    message: `This commits when the method ends with ${thrown.map((type) => `\`${type}\``).join(' or ')}.`,
    fix: { summary: 'Roll back on every exception.', edits: editsOf(annotation) },
  };
}

/** Whether a write stands before what fails: before a `throw` of these types, else before a call that may fail. */
function failsAfterWrite(method: LeanNode, thrown: readonly string[], project: ProjectFacts): boolean {
  const body = method.child('body');
  if (body === null) return false;
  const calls = listWithin(body, 'method_invocation').filter(
    (call) => !HARMLESS.test(call.child('name')?.text ?? ''),
  );
  const write = calls.find((call) => WRITE.test(call.child('name')?.text ?? ''));
  if (write === undefined) return false;
  const made = listWithin(body, 'throw_statement').filter((one) =>
    thrown.includes(/^throw\s+new\s+(?:\w+\.)*(\w+)/.exec(one.text)?.[1] ?? ''),
  );
  if (made.length > 0) return made.some((one) => one.start > write.start);
  const throwing = listThrowing(thrown, project);
  return (
    calls.length === 1 ||
    calls.some(
      (call) =>
        call.start > write.end &&
        mayThrowChecked(call, method) &&
        throwing?.has(call.child('name')?.text ?? '') !== false,
    )
  );
}

/** Methods of the project that declare one of its own exceptions; `null` where an exception of the JDK may be thrown. */
function listThrowing(thrown: readonly string[], project: ProjectFacts): ReadonlySet<string> | null {
  const names = thrown.map((type) => type.slice(type.lastIndexOf('.') + 1));
  if (names.some((name) => CHECKED.test(name))) return null;
  const declares = new RegExp(
    `\\b(\\w+)\\s*\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)\\s*throws\\s+[\\w\\s,.]*\\b(?:${names.join('|')})\\b`,
    'g',
  );
  return new Set(project.capturesOf(declares));
}

/** Spring Data and MyBatis throw unchecked exceptions only, and so does a method of the class that declares none. */
function mayThrowChecked(call: LeanNode, method: LeanNode): boolean {
  const operand = call.child('object')?.text ?? '';
  if (/(dao|repo|repository|mapper)$/i.test(operand)) return false;
  if (operand !== '' && operand !== 'this') return true;
  const own = (method.parent?.children ?? []).filter(
    (one) => one.type === 'method_declaration' && one.child('name')?.text === call.child('name')?.text,
  );
  return (
    own.length === 0 ||
    own.some((one) => one.childOfType('throws') !== null || annotationOf(one, 'SneakyThrows') !== null)
  );
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
