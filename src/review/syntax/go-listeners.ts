import type { LeanNode } from '../../rag/lean-node.ts';
import { enclosingGoFunction } from './go-functions.ts';
import type { SourceText } from './source-text.ts';

/** The address of this machine alone, as it stands at the start of a string. */
const HERE = /^(\w+\.Sprintf\(\s*)?["`](127\.|localhost\b|\[::1\])/;
/** Listeners without a network: Unix sockets, streams within a connection that the process opened, memory. */
const NO_NETWORK =
  /^(\w+\.Listen\((\w+, )?"unix|\w+\.ListenUnix\(|yamux\.(Client|Server)\(|bufconn\.Listen\()/;

/**
 * Whether the server that a literal makes is served, in the same function, only by listeners that nobody beyond this
 * machine reaches: `srv.Serve(ln)` with `ln` from `net.Listen("tcp", "127.0.0.1:0")` or from a Unix socket.
 */
export function isServedHereOnly(literal: LeanNode, source: SourceText): boolean {
  const around = enclosingGoFunction(literal);
  if (around === null) return false;
  const body = source.text.slice(around.start, around.end);
  const [, name] = /(\w+)\s*:?=\s*&?$/.exec(source.text.slice(around.start, literal.start)) ?? [];
  if (name === undefined) return false;
  const listeners = [...body.matchAll(new RegExp(`\\b${name}\\.Serve(?:TLS)?\\((\\w+)`, 'g'))].map(
    (one) => one[1],
  );
  if (listeners.length === 0 || new RegExp(`\\b${name}\\.ListenAndServe`).test(body)) return false;
  return listeners.every((listener) => listener !== undefined && isLocal(listener, body));
}

function isLocal(listener: string, body: string): boolean {
  const made = assignedTo(listener, body);
  return made.length > 0 && made.every((value) => NO_NETWORK.test(value) || listensHere(value, body));
}

function listensHere(value: string, body: string): boolean {
  const [, address = ''] = /^\w+\.Listen\((?:\w+, )?"tcp[46]?", (.*)$/.exec(value) ?? [];
  const [, name] = /^(\w+)\)/.exec(address) ?? [];
  if (name === undefined) return HERE.test(address);
  const addresses = assignedTo(name, body);
  return addresses.length > 0 && addresses.every((one) => HERE.test(one));
}

/** What is assigned to a name, each to the end of its line. */
function assignedTo(name: string, body: string): string[] {
  return [...body.matchAll(new RegExp(`\\b${name}(?:, \\w+)?\\s*:?=\\s*(?!=)(.*)`, 'g'))].map(
    (one) => one[1] ?? '',
  );
}
