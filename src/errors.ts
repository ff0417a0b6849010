/** Codes on which callers branch, grouped by who must act. */
export type ErrorCode =
  // The caller gave something that does not fit.
  | 'BAD_INPUT'
  | 'NOT_FOUND'
  | 'SCENARIO_INVALID'
  | 'OPENAPI_INVALID'
  | 'CONFIG_INVALID'
  | 'PATCH_INVALID'
  | 'PATCH_STALE'
  // The user must allow or configure something.
  | 'TARGET_NOT_ALLOWED'
  | 'PATH_NOT_ALLOWED'
  | 'LIMIT_EXCEEDED'
  | 'NOT_TRUSTED'
  | 'CONSENT_NEEDED'
  // The surroundings do not play along.
  | 'TARGET_UNREACHABLE'
  | 'PORT_IN_USE'
  | 'SERVICE_NOT_READY'
  | 'COMMAND_FAILED'
  | 'NOT_SUPPORTED'
  | 'STORAGE_FAILED'
  | 'INDEX_BUSY'
  | 'EMBEDDINGS_FAILED'
  | 'QDRANT_UNREACHABLE'
  | 'MODEL_FAILED'
  | 'ABORTED'
  // Ours.
  | 'INTERNAL';

export interface AppErrorOptions {
  /** What to do, as one sentence or a literal call. */
  readonly hint?: string;
  readonly retryable?: boolean;
  /** Text and values from outside; never part of the message, since error text is read by a model. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** "I could not do what you asked": what was seen, what was expected, and what to do about it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Gives `error` as an `AppError`; what is not one becomes `INTERNAL`, with its message in the details. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new AppError('ABORTED', 'The work was stopped before it ended.', { cause: error });
  }
  const seen = error instanceof Error ? error.message : String(error);
  return new AppError('INTERNAL', 'Something went wrong inside Breakwater.', {
    hint: 'Start it with BREAKWATER_LOG=debug to see more on stderr, and report what it says.',
    details: { seen },
    cause: error,
  });
}

/** What was seen and what to do, for where an error is kept as a text: nothing of its details. */
export function toProblem(error: unknown): string {
  const { message, hint } = toAppError(error);
  return hint === null ? message : `${message} ${hint}`;
}

/** Node's `code` of a system error (`ENOENT`, `ECONNREFUSED`), or `null`. */
export function systemErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
