import type { LeanNode } from '../../rag/lean-node.ts';
import { importedAs } from './go.ts';
import { isForDebugging, listensHereOnly } from './go-beside.ts';
import { readJsImports } from './javascript.ts';
import { fullName, isCloudFunction, readPythonImports } from './python.ts';
import type { SourceText } from './source-text.ts';

const PYTHON_APPS = new Set([
  'fastapi.FastAPI',
  'flask.Flask',
  'starlette.applications.Starlette',
  'litestar.Litestar',
]);
const JS_APPS = new Set(['express', 'fastify', 'koa', 'hono', '@hapi/hapi']);
const GO_APPS: readonly (readonly [string, RegExp])[] = [
  ['github.com/gin-gonic/gin', /^(Default|New)$/],
  ['github.com/labstack/echo/v4', /^New$/],
  ['github.com/go-chi/chi/v5', /^New(Router|Mux)$/],
  ['net/http', /^ListenAndServe(TLS)?$/],
];

/** Programs that end once the service is installed, or that only write down what it would answer. */
const SET_UP =
  /(^|\/)(setup|install(er)?|wizard|([\w-]+[-_.])?migrations?|(setup|install|init|migrate|generate|gen|export|dump)[-_][\w-]+|[\w-]+[-_]migration[-_][\w-]+)(\/|\.[a-z]+$)/;
/** Folders whose applications are parts that another one mounts. */
const PART_PATH = /(^|\/)(routes?|routers?|cron|jobs|controllers?|handlers?|middlewares?)\//;

/** Where a file makes the web application of a service: `FastAPI()`, `express()`, `gin.Default()`; the first of a file. */
export function listServiceEntries(source: SourceText): readonly LeanNode[] {
  return PART_PATH.test(source.file) || SET_UP.test(source.file) ? [] : listApplications(source).slice(0, 1);
}

function listApplications(source: SourceText): readonly LeanNode[] {
  if (source.language === 'python') {
    // What a cloud calls, and watches itself, may be made with a framework of the web.
    if (isCloudFunction(source.text)) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .filter((call) => PYTHON_APPS.has(fullName(call.child('function'), names) ?? ''));
  }
  if (source.language === 'go') return listGoEntries(source);
  const names = readJsImports(source);
  return source.nodes('call_expression', 'new_expression').filter((made) => {
    const callee = made.child('function') ?? made.child('constructor');
    const binding = names.get(callee?.text ?? '');
    if (binding === undefined || !JS_APPS.has(binding.module)) return false;
    return binding.name === 'default' || /^(Hono|fastify|Koa)$/.test(binding.name);
  });
}

function listGoEntries(source: SourceText): readonly LeanNode[] {
  return GO_APPS.flatMap(([module, maker]) => {
    const packages = importedAs(source, module);
    const shortName =
      module
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1) ?? '';
    return source.nodes('call_expression').filter((call) => {
      const callee = call.child('function');
      const operand = callee?.child('operand')?.text ?? '';
      const isPackage = packages.has(operand) || (packages.size > 0 && operand === shortName);
      if (listensHereOnly(call) || isForDebugging(call)) return false;
      return isPackage && maker.test(callee?.child('field')?.text ?? '');
    });
  });
}

/** The languages in which entries are found. */
export const ENTRY_LANGUAGES = ['javascript', 'typescript', 'tsx', 'python', 'go'] as const;
