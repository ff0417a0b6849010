import { lastName } from '../expressions.ts';
import type { Entity } from './entity.ts';
import type { Program } from './program.ts';

/** Generic types that stand for what they hold. */
export const CONTAINERS =
  /^(Optional|Option|Annotated|Promise|Awaited|Readonly|Partial|Required|Ref|Arc|Box|Rc|Mutex|RwLock|Data|State|Extension|Task|ValueTask|IOptions|Lazy|Awaitable|Coroutine|Type|Final|ClassVar|ActionResult|Mono|Result)$/;

/** Whether a method of an abstract class is left to others. */
export function isAbstract(entity: Entity, program: Program): boolean {
  if (entity.kind !== 'symbol') return false;
  return program.symbol(entity).decorators.some((mark) => /^abstract(method)?$/.test(lastName(mark) ?? ''));
}
