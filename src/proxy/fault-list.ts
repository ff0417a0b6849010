import { AppError } from '../errors.ts';
import type { Fault } from '../types.ts';
import { type FaultIssue, readFault } from './fault-schema.ts';

/**
 * Reads faults as they stand in a tool's argument.
 *
 * @throws AppError BAD_INPUT that names everything that does not fit by its place, such as `faults.1.mean`.
 */
export function readFaults(raws: readonly unknown[]): readonly Fault[] {
  const problems: string[] = [];
  const faults = raws.flatMap((raw, index) => {
    try {
      return [readFault(raw)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(
        ...listIssues(error).map(
          ({ path, message }) => `${['faults', index, ...path].join('.')}: ${message}`,
        ),
      );
      return [];
    }
  });
  if (problems.length === 0) return faults;
  throw new AppError('BAD_INPUT', problems.join(' '), {
    hint: 'breakwater://scenario-format lists the faults with their keys.',
  });
}

function listIssues({ details, message }: AppError): readonly FaultIssue[] {
  const { issues } = details;
  return Array.isArray(issues) ? issues : [{ path: [], message }];
}
