import { otherOf, stringOf } from '../expressions.ts';
import type { Argument, Expression } from '../facts.ts';

/** An annotation of Doctrine's form in a comment, such as `@Route("/orders", methods={"GET"})`. */
export interface DocAnnotation {
  /** Without its namespace. */
  readonly name: string;
  readonly args: readonly Argument[];
}

/** Annotations that say what answers; those of documents (`@OA\Get`) say nothing of the code. */
const ROUTING = /@\\?((?:\w+\\)*)(Route|Method|Get|Post|Put|Patch|Delete|Head|Options)\s*\(/g;
const DOCUMENTS = /^(OA|OAT|OpenApi|SWG|Swagger|Operation)\\/i;

/** Reads the annotations about routes in a comment. */
export function readDocAnnotations(comment: string): readonly DocAnnotation[] {
  if (!comment.startsWith('/**')) return [];
  const text = comment.replace(/^\s*\*(?!\/)/gm, '');
  return [...text.matchAll(ROUTING)].flatMap((match) => {
    const [whole, namespace = '', name = ''] = match;
    if (DOCUMENTS.test(namespace)) return [];
    const parts = splitParts(text.slice(match.index + whole.length));
    return [{ name, args: parts.map(readArgument) }];
  });
}

function readArgument(part: string): Argument {
  const [, name = null, value = part] = /^(\w+)\s*=\s*(.*)$/s.exec(part) ?? [];
  return { name, value: readValue(value.trim()) };
}

function readValue(text: string): Expression {
  const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2];
  if (quoted !== undefined) return stringOf(quoted);
  if (!text.startsWith('{')) return otherOf(text);
  return { kind: 'list', items: splitParts(text.slice(1)).map((part) => readValue(part.trim())) };
}

/** What stands between the commas, up to the bracket that closes what is around. */
function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"' || character === "'") {
      const end = text.indexOf(character, at + 1);
      at = end < 0 ? text.length : end;
    } else if (/[({[]/.test(character)) depth++;
    else if (/[)}\]]/.test(character) && depth-- === 0) {
      parts.push(text.slice(start, at));
      break;
    } else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
