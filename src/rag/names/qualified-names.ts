import type { Import } from '../facts.ts';
import { underscore } from '../inflections.ts';
import type { Entity, Place } from './entity.ts';
import type { Lookups } from './lookups.ts';
import type { Program } from './program.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' };

/** Finds the class or constant that a name such as Ruby's `Shop::Order` or PHP's `App\Order` means at a place. */
export function findQualified(name: string, place: Place, lookups: Lookups): readonly Entity[] {
  const { language } = lookups.program.facts(place.file);
  if (language === 'ruby') return findRubyConstant(name, place, lookups);
  return language === 'php' ? findPhpName(name, lookups.program) : [];
}

/** The class that Java's `import shop.service.Orders` names; none: the package is not of the workspace. */
export function findJavaImport(entry: Import, program: Program): readonly Entity[] {
  return program
    .symbolsNamed(entry.name)
    .filter(({ file, index }) => {
      const { language, package: of } = program.facts(file);
      return language === 'java' && of === entry.module && program.symbol({ file, index }).parent === '';
    })
    .map((at): ClassEntity => ({ kind: 'symbol', ...at }));
}

/** Ruby looks from the innermost class outwards. */
function findRubyConstant(name: string, place: Place, lookups: Lookups): readonly Entity[] {
  const path = name.split('::').filter((part) => part !== '');
  const last = path.at(-1) ?? '';
  if (!/^[A-Z]/.test(last)) return [];
  const { program } = lookups;
  const all = program.symbolsNamed(last).filter(({ file }) => program.facts(file).language === 'ruby');
  if (all.length === 0) return [];
  const nesting = name.startsWith('::') ? [] : nestingOf(place, program);
  for (let depth = nesting.length; depth >= 0; depth--) {
    const wanted = [...nesting.slice(0, depth), ...path].join('.');
    const found = all.filter((at) => pathOf(program, at) === wanted);
    if (found.length > 0) return byConvention(found, wanted).flatMap((at) => meant(at, last, lookups));
  }
  return [];
}

function meant(
  at: { readonly file: string; readonly index: number },
  name: string,
  lookups: Lookups,
): readonly Entity[] {
  const symbol = lookups.program.symbol(at);
  if (symbol.kind !== 'variable') return [{ kind: 'symbol', ...at }];
  return lookups.program
    .bindingsOf({ file: at.file, scope: symbol.inScope }, name)
    .flatMap((binding) => [...lookups.followBinding(binding, at.file)]);
}

/** A class that is opened in several files: first where its name says that it should stand. */
function byConvention<T extends { readonly file: string }>(found: readonly T[], path: string): readonly T[] {
  const ending = `/${underscore(path.replaceAll('.', '/'))}.rb`;
  return [...found].sort((a, b) => Number(b.file.endsWith(ending)) - Number(a.file.endsWith(ending)));
}

function nestingOf(place: Place, program: Program): readonly string[] {
  const index = program.classAround(place);
  return index === null ? [] : pathOf(program, { file: place.file, index }).split('.');
}

function pathOf(program: Program, at: { readonly file: string; readonly index: number }): string {
  const { parent, name } = program.symbol(at);
  return parent === '' ? name : `${parent}.${name}`;
}

/** The reader has written class names in full; functions may be of any namespace when there is only one. */
function findPhpName(name: string, program: Program): readonly Entity[] {
  const cut = name.lastIndexOf('\\');
  const [namespace, short] = [name.slice(0, Math.max(0, cut)), name.slice(cut + 1)];
  const all = program
    .symbolsNamed(short)
    .filter(({ file }) => program.facts(file).language === 'php')
    .map((at): ClassEntity => ({ kind: 'symbol', ...at }));
  const isClass = (at: ClassEntity) => /^(class|interface)$/.test(program.symbol(at).kind);
  const classes = all.filter((at) => isClass(at) && program.facts(at.file).package === namespace);
  if (classes.length > 0 || cut >= 0) return classes;
  const functions = all.filter((at) => program.symbol(at).kind === 'function');
  return functions.length === 1 ? functions : [];
}
