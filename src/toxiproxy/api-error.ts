import { type AppError, type ErrorCode, toAppError } from '../errors.ts';
import { redact } from '../policy.ts';

/** An error answer as Toxiproxy gives it: `{"error": message, "status": status}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(redact(message));
    this.status = status;
  }
}

/** Statuses that differ from 400. A taken port is 500 as with Toxiproxy, whose clients read 409 as "exists". */
const STATUS_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  NOT_FOUND: 404,
  TARGET_NOT_ALLOWED: 403,
  PORT_IN_USE: 500,
  ABORTED: 500,
  INTERNAL: 500,
};

/** Gives any error as an answer; foreign text of `details` stays out. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const known: AppError = toAppError(error);
  const message = known.hint === null ? known.message : `${known.message} ${known.hint}`;
  return new ApiError(STATUS_OF[known.code] ?? 400, message);
}

/** 400 in Toxiproxy's words, with what did not fit. */
export function badBody(what: string): ApiError {
  return new ApiError(400, `bad request body: ${what}`);
}
