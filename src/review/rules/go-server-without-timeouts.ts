import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { importedAs, importGoPackage, listLiterals, literalKeys } from '../syntax/go.ts';
import { isForDebugging, listensHereOnly } from '../syntax/go-beside.ts';
import { isServedHereOnly } from '../syntax/go-listeners.ts';
import { appendMember } from '../syntax/insert.ts';
import { membersOf, type SourceText } from '../syntax/source-text.ts';

const LISTEN = /^ListenAndServe(TLS)?$/;

export default defineRule({
  id: 'go-server-without-timeouts',
  languages: ['go'],
  title: 'HTTP server without time limits (Go)',
  summary:
    'A Go server without time limits keeps a goroutine for every client that sends its request slowly or never.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  ofStart: true,
  shownBy: {},
  advice: {
    libraryDefault:
      'net/http (all versions): ReadTimeout, ReadHeaderTimeout, WriteTimeout and IdleTimeout are zero, which is none; http.ListenAndServe cannot set them.',
    source: 'Go net/http docs, type Server; gosec G112 and G114',
    howItMaterializes:
      'Clients on bad networks, or a slowloris, open connections and send a byte now and then: each holds a goroutine and a file descriptor.',
    downstreamImpact: 'Once descriptors run out, nobody can connect, health checks included.',
    discussion:
      '`ReadHeaderTimeout` is safe for all handlers. `ReadTimeout` and `WriteTimeout` also end long uploads and streams, so they need a look at what the handlers do.',
    infrastructurePattern:
      'A load balancer in front that buffers requests (nginx, ALB) takes slow clients off the process.',
    benefit: 'A slow client costs five seconds instead of a connection for good.',
    risks: 'Clients that need longer than the limit for their headers are cut.',
    monitoring: 'Open connections, goroutines, file descriptors in use.',
  },
  check({ source }) {
    const packages = importedAs(source, 'net/http');
    if (packages.size === 0 || /\.Read(Header)?Timeout\s*=[^=]/.test(source.text)) return [];
    const literals = listLiterals(source, packages, 'Server').map((literal) => checkServer(literal, source));
    const profiles =
      importedAs(source, 'net/http/pprof').size > 0 || source.text.includes('"net/http/pprof"');
    const calls = source
      .nodes('call_expression')
      .filter((call) => !(profiles && servesDefault(call)))
      .map((call) => checkCall(call, packages));
    return [...literals, ...calls].filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport "net/http"\nvar s = &http.Server{Addr: a, ReadHeaderTimeout: limit}\n',
      'package a\nimport "net/http"\nvar s = http.Server{ReadTimeout: limit, Handler: h}\n',
      'package a\nimport "net/http"\nfunc f() { s := &http.Server{Addr: a}; s.ReadHeaderTimeout = limit; s.ListenAndServe() }\n',
      'package a\nimport "net/http"\nfunc f() { go http.ListenAndServe("localhost:6060", nil) }\n',
      'package a\nimport (\n\t"fmt"\n\t"net/http"\n)\nfunc f(port int) *http.Server { return &http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", port)} }\n',
      'package a\nimport (\n\t"net/http"\n\t_ "net/http/pprof"\n)\nfunc f(addr string) { http.ListenAndServe(addr, http.DefaultServeMux) }\n',
      'package a\nimport "example.com/http"\nfunc f() { http.ListenAndServe(":80", nil) }\n',
      'package a\nimport "net/http"\nfunc f(s *http.Server) { s.ListenAndServe() }\n',
      'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\tvar ln net.Listener\n\tif fixed {\n\t\tln, err = net.Listen("tcp", "127.0.0.1:3001")\n\t} else {\n\t\tln, err = net.Listen("tcp", "localhost:0")\n\t}\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\taddress := "127.0.0.1:0"\n\tln, err := net.Listen("tcp", address)\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\tln, err := net.Listen("unix", path)\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\tln, err := yamux.Client(conn, nil)\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      'package a\nimport "net/http"\nfunc SetUpPprof(at string) {\n\tgo func() { http.ListenAndServe(at, nil) }()\n}\n',
      'package a\nimport "net/http"\nfunc f() {\n\tif options.GetBool("DEBUG") {\n\t\tgo func() {\n\t\t\thttp.ListenAndServe(":9090", r)\n\t\t}()\n\t}\n}\n',
      'package a\nimport (\n\t"net/http"\n\t"net/http/pprof"\n)\nfunc f(addr string) {\n\tr := http.NewServeMux()\n\tr.HandleFunc("/debug/pprof/", pprof.Index)\n\ts := &http.Server{Addr: addr, Handler: r}\n\ts.ListenAndServe()\n}\n',
    ],
    invalid: [
      {
        before:
          'package a\nimport (\n\t"net/http"\n\t"net/http/pprof"\n)\nfunc f() {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("/orders", list)\n\tmux.HandleFunc("/debug/pprof/", pprof.Index)\n\thttp.ListenAndServe(":80", mux)\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport "net/http"\nfunc f(debug bool) {\n\tif !debug {\n\t\thttp.ListenAndServe(":80", mux)\n\t}\n}\n',
        after: null,
      },
      {
        before:
          'package a\n\nimport (\n\t"net/http"\n)\n\nvar s = &http.Server{\n\tAddr: ":80",\n\tHandler: h,\n}\n',
        after:
          'package a\n\nimport (\n\t"net/http"\n\t"time"\n)\n\nvar s = &http.Server{\n\tAddr: ":80",\n\tHandler: h,\n\tReadHeaderTimeout: 5 * time.Second,\n}\n',
      },
      {
        before: 'package a\nimport "net/http"\nfunc f() { log.Fatal(http.ListenAndServe(":80", nil)) }\n',
        after: null,
      },
      {
        before: 'package a\nimport "net/http"\nfunc f() { http.ListenAndServeTLS(addr, cert, key, mux) }\n',
        after: null,
      },
      {
        before:
          'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\tln, err := net.Listen("tcp", address)\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
        after:
          'package a\nimport (\n\t"net"\n\t"net/http"\n\t"time"\n)\nfunc f(h http.Handler) {\n\tln, err := net.Listen("tcp", address)\n\tsrv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      },
      {
        before:
          'package a\nimport (\n\t"net"\n\t"net/http"\n)\nfunc f(h http.Handler) {\n\tln, err := net.Listen("tcp", "127.0.0.1:0")\n\tif open {\n\t\tln, err = net.Listen("tcp", ":80")\n\t}\n\tsrv := &http.Server{Handler: h}\n\tgo func() { srv.Serve(ln) }()\n}\n',
        after:
          'package a\nimport (\n\t"net"\n\t"net/http"\n\t"time"\n)\nfunc f(h http.Handler) {\n\tln, err := net.Listen("tcp", "127.0.0.1:0")\n\tif open {\n\t\tln, err = net.Listen("tcp", ":80")\n\t}\n\tsrv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}\n\tgo func() { srv.Serve(ln) }()\n}\n',
      },
    ],
  },
});

/** Only this machine reaches it, as a profiler's port. */
const ONLY_HERE = /\bAddr:\s*(\w+\.Sprintf\(\s*)?["'`](localhost|127\.)/;

function checkServer(literal: LeanNode, source: SourceText): RuleMatch | null {
  if (ONLY_HERE.test(literal.text) || isServedHereOnly(literal, source) || isForDebugging(literal))
    return null;
  const keys = literalKeys(literal);
  const body = literal.child('body');
  if (keys === null || body === null || keys.has('ReadHeaderTimeout') || keys.has('ReadTimeout')) return null;
  const imports = importGoPackage(source, 'time');
  const edit = appendMember(source.text, body, 'ReadHeaderTimeout: 5 * time.Second');
  return {
    startOffset: literal.start,
    endOffset: literal.end,
    message: 'This server has neither `ReadHeaderTimeout` nor `ReadTimeout`.',
    fix:
      imports === null ? null : { summary: 'Give clients 5 s for their headers.', edits: [...imports, edit] },
  };
}

function checkCall(call: LeanNode, packages: ReadonlySet<string>): RuleMatch | null {
  const callee = call.child('function');
  if (
    !packages.has(callee?.child('operand')?.text ?? '') ||
    !LISTEN.test(callee?.child('field')?.text ?? '')
  ) {
    return null;
  }
  if (listensHereOnly(call) || isForDebugging(call)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee?.text ?? ''}\` serves without any time limit.`,
    fix: null,
  };
}

/** The multiplexer that `net/http/pprof` registers with: a port for those who debug. */
function servesDefault(call: LeanNode): boolean {
  const list = call.child('arguments');
  return /^(nil|\w+\.DefaultServeMux)$/.test((list === null ? [] : membersOf(list)).at(-1)?.text ?? '');
}
