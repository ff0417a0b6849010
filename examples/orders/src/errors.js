/** The client asked for something that does not exist. */
export class NotFoundError extends Error {
  status = 404;
  code = 'not_found';
}

/** The client sent something that does not fit. */
export class ValidationError extends Error {
  status = 422;
  code = 'invalid_request';
}

/** The payments service answered with an error. */
export class PaymentsError extends Error {
  status = 503;
  code = 'payments_unavailable';

  constructor(upstreamStatus) {
    super(`payments answered ${upstreamStatus}`);
  }
}

/** Express error middleware: one JSON body for every error. */
export function answerError(error, req, res, next) {
  if (res.headersSent) return next(error);
  const { status, code, message } = describeError(error);
  if (status >= 500) console.error(`${req.method} ${req.path} failed: ${error.message}`);
  res.status(status).json({ error: { code, message } });
}

function describeError(error) {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return { status: 504, code: 'payments_timeout', message: 'payments did not answer in time' };
  }
  if (isConnectionError(error)) {
    return { status: 503, code: 'payments_unavailable', message: 'payments cannot be reached' };
  }
  if (error.type === 'entity.parse.failed') {
    return { status: 400, code: 'malformed_json', message: 'the body is not valid JSON' };
  }
  if (Number.isInteger(error.status)) {
    return { status: error.status, code: error.code ?? 'bad_request', message: error.message };
  }
  return { status: 500, code: 'internal_error', message: 'something went wrong' };
}

/** A failed `fetch` is a TypeError whose cause is the socket's error. */
function isConnectionError(error) {
  return error instanceof TypeError && error.cause !== undefined;
}
