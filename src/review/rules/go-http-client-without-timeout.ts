import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { importedAs, importGoPackage, listLiterals, literalKeys } from '../syntax/go.ts';
import { enclosingGoFunction } from '../syntax/go-functions.ts';
import { isNeverRead } from '../syntax/go-unread.ts';
import { appendMember } from '../syntax/insert.ts';
import { findAncestor, type SourceText } from '../syntax/source-text.ts';

const CALL = /^(Get|Post|PostForm|Head)$/;
/** A deadline may come along by other ways than the client. */
const OTHER_LIMIT =
  /WithContext\(|ResponseHeaderTimeout|Set(Read|Write)?Deadline\(|ReadWriteTimeout|\.Timeout\s*=[^=]|WithTimeout\(|WithDeadline\(/;

export default defineRule({
  id: 'go-http-client-without-timeout',
  languages: ['go'],
  title: 'HTTP client without a time limit (Go)',
  summary: 'A Go HTTP client without Timeout waits as long as the other side likes, and holds its goroutine.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.9 },
  advice: {
    libraryDefault:
      'net/http (all versions): `Client.Timeout` zero means no timeout; http.Get and http.DefaultClient have it at zero.',
    source: 'Go net/http docs, type Client; golang/go issue 24138',
    howItMaterializes:
      'The other service accepts the connection and stays silent: the goroutine waits for good, with the request that it serves.',
    downstreamImpact:
      'Goroutines, sockets and memory grow until the process is killed; callers try again and add to it.',
    discussion:
      '`Timeout` covers the whole exchange, reading the body included. One shared client keeps connections; a context with a deadline per request (`http.NewRequestWithContext`) follows the caller and is better still.',
    infrastructurePattern:
      'A response timeout per route in the service mesh bounds the wait of the caller too.',
    benefit: 'A silent dependency costs seconds and a clear error instead of a goroutine for good.',
    risks: 'Long downloads and streams are cut: give those a client of their own.',
    monitoring: 'Goroutines, `context deadline exceeded` and `Client.Timeout exceeded` by dependency.',
  },
  check({ source, project }) {
    const packages = importedAs(source, 'net/http');
    if (packages.size === 0 || OTHER_LIMIT.test(source.text) || project.holds('http.DefaultClient ='))
      return [];
    const literals = listLiterals(source, packages, 'Client').map((literal) =>
      checkLiteral(literal, source, project),
    );
    const calls = source.nodes('call_expression').map((call) => checkCall(call, packages));
    return [...literals, ...calls].filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport (\n\t"net/http"\n\t"time"\n)\nvar c = &http.Client{Timeout: 5 * time.Second}\n',
      'package a\nimport "net/http"\nfunc f() { req, _ := http.NewRequestWithContext(ctx, "GET", u, nil); http.DefaultClient.Do(req) }\n',
      'package a\nimport "net/http"\nvar t = &http.Transport{ResponseHeaderTimeout: limit}\nvar c = &http.Client{Transport: t}\n',
      'package a\nimport "example.com/http"\nfunc f() { http.Get("x") }\n',
      'package a\nimport "net/http"\nfunc f() { c := &http.Client{}; c.Timeout = limit; c.Get("x") }\n',
      'package a\nimport "net/http"\nfunc f(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) }\n',
      'package a\nimport "net/http"\nfunc f(inner http.RoundTripper) *http.Client {\n\treturn &http.Client{\n\t\tTransport: inner,\n\t}\n}\n',
      'package a\nimport "net/http"\nfunc f(t oauth2.Transport) { with(http.Client{Transport: t.Base}); t.Base = other }\n',
      'package a\nimport "net/http"\nfunc dial(c net.Conn) { c.SetDeadline(until) }\nvar c = &http.Client{}\n',
      'package a\nimport "net/http"\nfunc WithClient(c *http.Client) Option {\n\treturn func(s *Syncer) {\n\t\ts.client = c\n\t}\n}\nfunc New(all ...Option) *Syncer { return set(&Syncer{client: &http.Client{}}, all) }\nvar s = New(WithClient(&http.Client{Timeout: limit}))\n',
      'package a\nimport "net/http"\nimport "time"\nfunc Wrap(client *http.Client, name string) *http.Client {\n\tif client == nil {\n\t\tclient = &http.Client{}\n\t}\n\treturn client\n}\nvar c = tools.Wrap(own, "a")\n',
      'package a\nimport "net/http"\n// Shared is for all.\nvar Shared = &http.Client{}\nvar Other = rest.New()\n',
      'package a\nimport "net/http"\ntype Wiki struct {\n\tHTTP http.Client\n\tToken string\n}\nfunc New() *Wiki { return &Wiki{HTTP: http.Client{}, Token: t} }\n',
    ],
    invalid: [
      {
        before:
          'package a\nimport "net/http"\nimport "time"\nvar Shared = &http.Client{}\nvar all = Shared\n',
        after:
          'package a\nimport "net/http"\nimport "time"\nvar Shared = &http.Client{Timeout: 4 * time.Second}\nvar all = Shared\n',
      },
      {
        before:
          'package a\nimport "net/http"\nimport "time"\ntype Wiki struct {\n\tHTTP http.Client\n}\nfunc New() *Wiki { return &Wiki{HTTP: http.Client{}} }\nfunc page(w *Wiki) { w.HTTP.Do(r) }\n',
        after:
          'package a\nimport "net/http"\nimport "time"\ntype Wiki struct {\n\tHTTP http.Client\n}\nfunc New() *Wiki { return &Wiki{HTTP: http.Client{Timeout: 4 * time.Second}} }\nfunc page(w *Wiki) { w.HTTP.Do(r) }\n',
      },
      {
        before: 'package a\n\nimport "net/http"\n\nvar c = &http.Client{}\n\nvar g = with(c)\n',
        after:
          'package a\n\nimport "net/http"\nimport "time"\n\nvar c = &http.Client{Timeout: 4 * time.Second}\n\nvar g = with(c)\n',
      },
      {
        before:
          'package a\n\nimport (\n\t"net/http"\n\t"time"\n)\n\nvar c = http.Client{\n\tTransport: t,\n}\nvar t = &http.Transport{}\nvar d = wait(c)\n',
        after:
          'package a\n\nimport (\n\t"net/http"\n\t"time"\n)\n\nvar c = http.Client{\n\tTransport: t,\n\tTimeout: 4 * time.Second,\n}\nvar t = &http.Transport{}\nvar d = wait(c)\n',
      },
      {
        before:
          'package a\n\nimport (\n\th "net/http"\n)\n\nfunc f() {\n\tresp, err := h.Get("http://a")\n}\n',
        after: null,
      },
      { before: 'package a\nimport "net/http"\nfunc f() { http.DefaultClient.Do(req) }\n', after: null },
      {
        before:
          'package a\nimport "net/http"\nfunc WithClient(c *http.Client) Option {\n\treturn func(s *Syncer) {\n\t\ts.client = c\n\t}\n}\nfunc New(all ...Option) *Syncer { return set(&Syncer{client: &http.Client{}}, all) }\n',
        after:
          'package a\nimport "net/http"\nimport "time"\nfunc WithClient(c *http.Client) Option {\n\treturn func(s *Syncer) {\n\t\ts.client = c\n\t}\n}\nfunc New(all ...Option) *Syncer { return set(&Syncer{client: &http.Client{Timeout: 4 * time.Second}}, all) }\n',
      },
      {
        before:
          'package a\nimport "net/http"\nimport "time"\nfunc Wrap(client *http.Client, name string) *http.Client {\n\tif client == nil {\n\t\tclient = &http.Client{}\n\t}\n\treturn client\n}\nvar c = tools.Wrap(nil, "a")\n',
        after:
          'package a\nimport "net/http"\nimport "time"\nfunc Wrap(client *http.Client, name string) *http.Client {\n\tif client == nil {\n\t\tclient = &http.Client{Timeout: 4 * time.Second}\n\t}\n\treturn client\n}\nvar c = tools.Wrap(nil, "a")\n',
      },
    ],
  },
});

function checkLiteral(literal: LeanNode, source: SourceText, project: ProjectFacts): RuleMatch | null {
  const keys = literalKeys(literal);
  const body = literal.child('body');
  if (keys === null || keys.has('Timeout') || body === null || isGivenTransport(body, source)) return null;
  if (isReplaced(literal, source, project) || isNeverMissing(literal, project)) return null;
  if (isNeverRead(literal, project)) return null;
  const imports = importGoPackage(source, 'time');
  const edit = appendMember(source.text, body, 'Timeout: 4 * time.Second');
  return {
    startOffset: literal.start,
    endOffset: literal.end,
    message: '`http.Client` without `Timeout` never gives up.',
    fix:
      imports === null
        ? null
        : { summary: 'Give the client a time limit of 4 s.', edits: [...imports, edit] },
    leadUntilMeasured: isGivenAway(source) && alwaysHasContext(source, project),
  };
}

/** Whether the transport is a name that this file does not make: it may be a client that brings the limit along. */
function isGivenTransport(body: LeanNode, source: SourceText): boolean {
  const [, name] = /\bTransport:\s*([\w.]+)\s*,?\s*($|\}|\n)/m.exec(body.text) ?? [];
  if (name === undefined || name.endsWith('.DefaultTransport')) return false;
  return (
    name.includes('.') || !new RegExp(`\\b${name}\\b(,\\s*\\w+)?\\s*:?=|\\bvar ${name}\\b`).test(source.text)
  );
}

/** Whether nothing in the file sends over a client: others get it. */
function isGivenAway(source: SourceText): boolean {
  return !/\.(Do|Get|Post|PostForm|Head)\(/.test(source.text);
}

/**
 * Whether the project, or each file of it that uses this package, makes all its requests with a context, and there are
 * contexts with a limit: they may be these.
 */
function alwaysHasContext(source: SourceText, project: ProjectFacts): boolean {
  if (!project.holds('WithTimeout(')) return false;
  if (project.holds('NewRequestWithContext(') && !project.holds('.NewRequest(')) return true;
  const name = /^package (\w+)/m.exec(source.text)?.[1] ?? 'main';
  const isUsedWith = (part: string) => project.holdsTogether([`${name}.`, part]);
  return name !== 'main' && isUsedWith('NewRequestWithContext(') && !isUsedWith('.NewRequest(');
}

/** Whether the client is the default of a field that an option of this file sets, and the project gives it a limit there. */
function isReplaced(literal: LeanNode, source: SourceText, project: ProjectFacts): boolean {
  const field = findAncestor(literal, 'keyed_element', 'block')?.child('key')?.text ?? '';
  if (!/^\w+$/.test(field)) return false;
  const option = new RegExp(
    `\\bfunc (\\w+)\\((\\w+) \\*?\\w+\\.Client\\)[^\\n]*\\{\\n(?:[^}]*\\n)?\\s*\\w+\\.${field} = \\2\\n`,
  ).exec(source.text)?.[1];
  return option !== undefined && project.holds(`${option}(&http.Client{Timeout:`);
}

/** Whether the client stands in for a first parameter that is nil, and nobody gives nil. */
function isNeverMissing(literal: LeanNode, project: ProjectFacts): boolean {
  const branch = findAncestor(literal, 'if_statement', 'func_literal');
  const around = enclosingGoFunction(literal);
  const first = around?.child('parameters')?.children[0]?.child('name')?.text;
  const name = around?.child('name')?.text;
  if (first === undefined || name === undefined || !branch?.text.startsWith(`if ${first} == nil {`))
    return false;
  return project.holds(`.${name}(`) && !project.holds(`${name}(nil`);
}

function checkCall(call: LeanNode, packages: ReadonlySet<string>): RuleMatch | null {
  const callee = call.child('function');
  const operand = callee?.child('operand')?.text ?? '';
  const field = callee?.child('field')?.text ?? '';
  const [name = '', member] = operand.split('.');
  const direct = member === undefined && CALL.test(field);
  const byDefault = member === 'DefaultClient' && (CALL.test(field) || field === 'Do');
  if (!packages.has(name) || !(direct || byDefault)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee?.text ?? ''}\` goes through http.DefaultClient, which never gives up.`,
    fix: null,
    ofOneCall: true,
  };
}
