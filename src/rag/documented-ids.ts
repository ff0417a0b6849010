import type { CodeRange } from '../types-code.ts';
import { keyword } from './expressions.ts';
import type { Program } from './names/program.ts';

/** The id that an attribute on the handler states, such as `#[OA\Get(operationId: 'readOrder')]`; `null`: none. */
export function documentedId(handler: CodeRange, program: Program): string | null {
  for (const { startLine, decorators } of program.facts(handler.file).symbols) {
    if (startLine !== handler.startLine) continue;
    for (const decorator of decorators) {
      const id = decorator.kind === 'call' ? keyword(decorator, 'operationId') : null;
      if (id?.kind === 'string') return id.value;
    }
  }
  return null;
}
