import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { isForDebugging, listensHereOnly } from '../syntax/go-beside.ts';
import type { SourceText } from '../syntax/source-text.ts';

/** How a project shows that it stops its server in order. */
const STOPS = [
  '.Shutdown(',
  'GracefulStop(',
  'graceful',
  'endless.',
  'manners.',
  'lambda.Start',
  'oklog/run',
];
/** Calls that serve until the process ends, by the package that gives them or makes what they are called on. */
const SERVES: readonly (readonly [string, RegExp])[] = [
  ['net/http', /^(ListenAndServe|ListenAndServeTLS)$/],
  ['github.com/gin-gonic/gin', /^(Run|RunTLS)$/],
  ['github.com/labstack/echo/v4', /^(Start|StartTLS)$/],
  ['github.com/gofiber/fiber/v2', /^(Listen|ListenTLS)$/],
];
/** Servers for profiles, metrics and health checks have nothing in flight that matters. */
const BESIDE = /pprof|metric|debug|health|prom|admin|probe/i;

export default defineRule({
  id: 'go-server-without-graceful-stop',
  languages: ['go'],
  title: 'Server that drops requests when it stops (Go)',
  summary: 'Each deployment ends the requests that are being answered.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: [],
  ofStart: true,
  shownBy: { unclear_error: 0.1 },
  advice: {
    libraryDefault:
      'Go (all versions) ends at SIGTERM at once; http.Server.Shutdown waits for requests in flight, and must be called.',
    source:
      'Go net/http documentation "Server.Shutdown"; os/signal documentation "Default behavior of signals"',
    howItMaterializes:
      'A rolling deployment sends SIGTERM: connections are reset in the middle of an answer.',
    downstreamImpact: 'Clients see resets at every deployment and repeat what may have been done.',
    discussion:
      'signal.NotifyContext gives a context that ends at SIGTERM; then Shutdown with a limit of its own, and main waits until it returns.',
    infrastructurePattern: 'A preStop pause lets the load balancer take the instance out first.',
    benefit: 'Deployments without errors.',
    risks: 'A request that never ends keeps the process: give Shutdown a context with a limit.',
    monitoring: 'Errors during deployments; time from SIGTERM to exit.',
  },
  check({ source, project }) {
    if (STOPS.some((part) => project.holds(part))) return [];
    return source
      .nodes('call_expression')
      .filter((call) => isServing(call, source))
      .slice(0, 1)
      .map(toMatch);
  },
  examples: {
    valid: [
      'package main\nimport "net/http"\nfunc main() {\n\ts := &http.Server{Addr: a}\n\tgo s.ListenAndServe()\n\t<-done\n\ts.Shutdown(ctx)\n}\n',
      'package main\nimport "net/http"\nfunc main() {\n\thttp.Get(u)\n}\n',
      'package main\nimport "example.com/http"\nfunc main() {\n\thttp.ListenAndServe(":80", nil)\n}\n',
      'package main\nimport ("net/http"; _ "net/http/pprof")\nfunc main() {\n\tgo http.ListenAndServe(pprofAddr, nil)\n}\n',
      'package main\nimport "github.com/gin-gonic/gin"\nfunc routes(r *gin.Engine) {\n\ttask.Run()\n}\n',
      'package main\nimport "net/http"\nfunc serve() {\n\tgo http.ListenAndServe(":9090", metricsHandler())\n}\n',
      'package main\nimport "net/http"\nfunc main() {\n\tgo func() { http.ListenAndServe("127.0.0.1:6060", nil) }()\n}\n',
      'package main\nimport "net/http"\nfunc run(s *Server) {\n\tif s.profilerEnabled {\n\t\tgo func() {\n\t\t\t_ = http.ListenAndServe(":6060", nil)\n\t\t}()\n\t}\n}\n',
    ],
    invalid: [
      {
        before:
          'package main\nimport ("log"; "net/http")\nfunc main() {\n\tlog.Fatal(http.ListenAndServe(":80", routes()))\n}\n',
        after: null,
      },
      {
        before:
          'package main\nimport "net/http"\nfunc main() {\n\tsrv := &http.Server{Addr: a, Handler: h}\n\tif err := srv.ListenAndServe(); err != nil {\n\t\tpanic(err)\n\t}\n}\n',
        after: null,
      },
      {
        before:
          'package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\n\trouter := gin.Default()\n\trouter.Run(":8080")\n}\n',
        after: null,
      },
    ],
  },
});

function isServing(call: LeanNode, source: SourceText): boolean {
  const callee = call.child('function');
  const field = callee?.child('field')?.text ?? '';
  const operand = callee?.child('operand')?.text ?? '';
  if (BESIDE.test(call.text) || listensHereOnly(call) || isForDebugging(call)) return false;
  return SERVES.some(([path, serves]) => {
    const packages = importedAs(source, path);
    if (packages.size === 0 || !serves.test(field)) return false;
    return packages.has(operand) || isMadeBy(operand, path, source);
  });
}

/** Whether the file gives `name` a server of that package: `gin.Default()`, `&http.Server{…}`. */
function isMadeBy(name: string, path: string, source: SourceText): boolean {
  const short =
    path
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? '';
  return source.nodes('short_var_declaration', 'assignment_statement', 'var_spec').some((one) => {
    const target = (one.child('left') ?? one.child('name'))?.text;
    const value = (one.child('right') ?? one.child('value'))?.text ?? '';
    return target === name && new RegExp(`^&?${short}\\.(Server\\{|New|Default)`).test(value);
  });
}

function toMatch(call: LeanNode): RuleMatch {
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'Nothing shuts this server down in order: a stop ends the requests in flight.',
    fix: null,
  };
}
