import { AppError } from '../../errors.ts';
import type { ScratchCopy } from '../../service/copy.ts';

/** Adds to the error of a service that does not start in a scratch copy what it may have missed there. */
export function explainLacks(error: unknown, { leftOut, isPart }: ScratchCopy): unknown {
  if (!(error instanceof AppError) || error.code !== 'SERVICE_NOT_READY') return error;
  const lacks = [
    ...(leftOut.length === 0
      ? []
      : [
          `The scratch copy lacks what git ignores (${leftOut.join(', ')}): name what the service needs of it under app.env.`,
        ]),
    ...(isPart
      ? [
          'The scratch copy lacks what lies beside this folder in its repository: where the service needs that, put breakwater.yaml at the root of the repository, and start Breakwater there.',
        ]
      : []),
  ];
  if (lacks.length === 0) return error;
  const hint = [...lacks, error.hint].filter((part) => part !== null).join(' ');
  return new AppError(error.code, error.message, { hint, details: error.details, cause: error });
}
