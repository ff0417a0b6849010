import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';

/** Makes a mending that runs once; while it fails, it may be tried again. */
export function once(mend: () => Promise<void>): () => Promise<void> {
  let mending: Promise<void> | null = null;
  return () => {
    mending ??= mend().catch((error: unknown) => {
      mending = null;
      throw error;
    });
    return mending;
  };
}

/**
 * Refuses a share that is not within the bounds.
 *
 * @throws AppError LIMIT_EXCEEDED.
 */
export function demandShare(share: number, max: number, what: string): void {
  if (share > 0 && share <= max) return;
  throw new AppError(
    'LIMIT_EXCEEDED',
    `A share of ${what} must be above 0 and at most ${max}, got ${share}.`,
    {
      hint: 'Give share under drills.run of breakwater.yaml, such as share: 0.8.',
    },
  );
}

/** For people: a command as one quoted line. */
export function showCommand(command: readonly string[]): string {
  return quote(command.join(' '), 120);
}
