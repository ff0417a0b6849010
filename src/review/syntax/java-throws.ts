import type { LeanNode } from '../../rag/lean-node.ts';
import type { ProjectFacts } from '../rule.ts';
import { annotationOf } from './java.ts';

/** Checked exceptions of the JDK and of Jakarta that methods of services declare. */
const CHECKED =
  /^(Exception|Throwable|IOException|SQLException|InterruptedException|TimeoutException|ExecutionException|ClassNotFoundException|CloneNotSupportedException|GeneralSecurityException|NoSuchAlgorithmException|InvalidKeyException|KeyStoreException|CertificateException|ParseException|MessagingException|URISyntaxException|MalformedURLException|FileNotFoundException|UnsupportedEncodingException|UnknownHostException|JAXBException|NamingException|ServletException)$/;
/** How far up a class of the project is followed. */
const MAX_PARENTS = 6;
const PARAMETERS = String.raw`\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*`;
/** Methods that say nothing of exceptions, with a body or in an interface. */
const QUIET_METHODS = new RegExp(
  String.raw`\b(?:void|boolean|int|long|double|[A-Z][\w.]*(?:<[^;{}()]*>)?(?:\[\])?)\s+(\w+)${PARAMETERS}[{;]`,
  'g',
);
const DECLARING_METHODS = new RegExp(String.raw`\b(\w+)${PARAMETERS}throws\s`, 'g');
/** Methods of libraries that read or write files, streams and connections, or wait. */
const FAILING =
  /^(await|call|close|connect|copy|createNewFile|decode|decrypt|digest|download|encode|encrypt|exchange|execute|flush|forName|invoke|join|mkdir|move|newInstance|open|parse|read|request|send|sign|sleep|toByteArray|transfer|upload|write)/;

/** Whether a class is a checked exception: one of the JDK, or one of the project whose parents lead to such a one. */
export function isCheckedException(type: string, project: ProjectFacts, parents = MAX_PARENTS): boolean {
  const name = shortName(type);
  if (CHECKED.test(name)) return true;
  const above = parents === 0 ? [] : project.wordsAfter(`class ${name} extends `);
  // Two classes of one name: both must be checked.
  return above.length > 0 && above.every((one) => isCheckedException(one, project, parents - 1));
}

/** What a Java method may end with, and where it stands. */
export interface Throwing {
  readonly method: LeanNode;
  readonly thrown: readonly string[];
  readonly project: ProjectFacts;
}

/**
 * Whether a call may end with one of the exceptions: methods of the project say so in `throws`, and of libraries those
 * that read and write do; Spring Data and MyBatis throw unchecked exceptions only.
 */
export function mayThrow(call: LeanNode, { method, thrown, project }: Throwing): boolean {
  const operand = call.child('object')?.text ?? '';
  const name = call.child('name')?.text ?? '';
  if (/(dao|repo|repository|mapper)$/i.test(operand)) return false;
  const own = (method.parent?.children ?? []).filter(
    (one) => one.type === 'method_declaration' && one.child('name')?.text === name,
  );
  if (own.length > 0 && (operand === '' || operand === 'this'))
    return own.some(
      (one) => one.childOfType('throws') !== null || annotationOf(one, 'SneakyThrows') !== null,
    );
  const ofJdk = thrown.some((type) => CHECKED.test(shortName(type)));
  if (project.capturesOf(ofJdk ? DECLARING_METHODS : declaring(thrown)).includes(name)) return true;
  return ofJdk && !saysNothing(name, project) && FAILING.test(name);
}

/** Whether the project has methods of this name, and none declares an exception. */
export function saysNothing(name: string, project: ProjectFacts): boolean {
  return (
    project.capturesOf(QUIET_METHODS).includes(name) && !project.capturesOf(DECLARING_METHODS).includes(name)
  );
}

function declaring(thrown: readonly string[]): RegExp {
  const names = thrown.map(shortName).join('|');
  return new RegExp(String.raw`\b(\w+)${PARAMETERS}throws\s+[\w\s,.]*\b(?:${names})\b`, 'g');
}

function shortName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
