import { posix } from 'node:path';
import type { Place } from './entity.ts';
import type { Program } from './program.ts';

const localsOf = new WeakMap<Program, ReadonlyMap<string, ReadonlySet<string>>>();

/**
 * Names that other files may call a function by that is all that its file exports and has no name of its own:
 * `import routes from './routes'`, `const routes = require('./routes')`. Whether it is meant is for the caller to see.
 */
export function listDefaultNames(made: Place, program: Program): readonly string[] {
  const isWhole = program
    .facts(made.file)
    .exports.some(
      ({ name, value }) =>
        (name === 'default' || name === '=') && value.kind === 'function' && value.scope === made.scope,
    );
  if (!isWhole) return [];
  let locals = localsOf.get(program);
  if (locals === undefined) {
    locals = readLocals(program);
    localsOf.set(program, locals);
  }
  return ['default', ...(locals.get(stemOf(made.file)) ?? [])];
}

/** Local names of default imports, by the last name of the module. */
function readLocals(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, { imports }] of program.filesOf('javascript')) {
    for (const { local, module, name } of imports) {
      if (name !== 'default' && name !== '=') continue;
      const stem = stemOf(module);
      const names = found.get(stem) ?? new Set();
      found.set(stem, names.add(local));
    }
  }
  return found;
}

/** `routes` of `./routes`, `./routes.js` and `./routes/index`; the folder `.` is as good as any. */
function stemOf(path: string): string {
  const bare = path.replace(/\.[cm]?[jt]sx?$/, '').replace(/(^|\/)index$/, '');
  const last = posix.basename(bare);
  return /^\.*$/.test(last) ? '' : last;
}
