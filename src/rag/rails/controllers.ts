import { posix } from 'node:path';
import type { Handler } from '../handlers.ts';
import { underscore } from '../inflections.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

type ClassEntity = Entity & { readonly kind: 'symbol' };

/** Finds controllers by where Rails looks for them, and the methods that are their actions. */
export class RailsControllers {
  readonly #resolver: Resolver;
  /** Classes by their underscored name without separators: acronyms are written in many ways. */
  readonly #byName = new Map<string, ClassEntity[]>();
  /** The same by their files, for classes that stand in modules that no path shows. */
  readonly #byFile = new Map<string, ClassEntity[]>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    for (const [file, facts] of resolver.program.filesOf('ruby')) {
      facts.symbols.forEach((symbol, index) => {
        if (symbol.kind !== 'class' || !symbol.name.endsWith('Controller')) return;
        const path = symbol.parent === '' ? symbol.name : `${symbol.parent}.${symbol.name}`;
        const type: ClassEntity = { kind: 'symbol', file, index };
        append(this.#byName, plain(underscore(path.replaceAll('.', '/'))), type);
        const beside = /(?:^|\/)controllers\/(.+)\.rb$/.exec(file)?.[1];
        if (beside !== undefined) append(this.#byFile, plain(beside), type);
      });
    }
  }

  /** The method behind `controller#action`, inherited ones included; `null`: the workspace has none. */
  findAction(controller: string, action: string, fromFile: string): Handler | null {
    for (const type of this.#classesOf(controller, fromFile)) {
      const [member] = this.#resolver.types.member(type, action).filter((entity) => entity.kind === 'symbol');
      if (member?.kind !== 'symbol') continue;
      const { name, startLine, endLine, kind } = this.#resolver.program.symbol(member);
      if (kind === 'method') return { name, range: { file: member.file, startLine, endLine } };
    }
    return null;
  }

  /** Classes of this name, those of the same application first. */
  #classesOf(controller: string, fromFile: string): readonly ClassEntity[] {
    const key = plain(`${underscore(controller)}_controller`);
    const found = this.#byName.get(key) ?? this.#byFile.get(key) ?? [];
    if (found.length < 2) return found;
    const root = posix.dirname(fromFile).replace(/(^|\/)config(\/.*)?$/, '');
    const isOwn = ({ file }: ClassEntity) => Number(root === '' || file.startsWith(`${root}/`));
    return [...found].sort((a, b) => isOwn(b) - isOwn(a));
  }
}

function plain(path: string): string {
  return path.replaceAll('_', '');
}

function append(map: Map<string, ClassEntity[]>, key: string, type: ClassEntity): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [type]);
  else known.push(type);
}
