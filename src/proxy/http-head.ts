/** The head of an HTTP/1 message, read as far as a proxy needs it and otherwise left as it came. */
export interface Head {
  readonly firstLine: string;
  /** As they stand, without line ends. */
  readonly lines: readonly string[];
  /** Name of the field of each line, in lower case. */
  readonly names: readonly string[];
  /** Values of the field of that name (lower case), in order. */
  values(name: string): readonly string[];
}

export interface RequestHead extends Head {
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

export interface ResponseHead extends Head {
  readonly status: number;
}

const REQUEST_LINE = /^([!#$%&'*+.^`|~\w-]+) (\S+) HTTP\/(1\.[01])$/;
const LINE_END = /\r?\n(?![ \t])/;
/** A line that ends in LF alone, or goes on in the next: rare, and slower to look for. */
const UNUSUAL_LINE_END = /[^\r]\n|\n[ \t]/;
const NO_VALUES: readonly string[] = [];
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

/** Whether a line, without its end, is the first one of a message of HTTP/1. */
export function isStartLine(line: string): boolean {
  return REQUEST_LINE.test(line) || STATUS_LINE.test(line);
}

/** Reads the head of a request; `null`: it is none. */
export function readRequestHead(raw: Buffer): RequestHead | null {
  const [firstLine, lines] = splitLines(raw);
  const [, method, target, version] = REQUEST_LINE.exec(firstLine) ?? [];
  if (method === undefined || target === undefined || version === undefined) return null;
  return new RequestFields(firstLine, lines, method, target, version);
}

/** Reads the head of a response; `null`: it is none. */
export function readResponseHead(raw: Buffer): ResponseHead | null {
  const [firstLine, lines] = splitLines(raw);
  const status = STATUS_LINE.exec(firstLine)?.[1];
  return status === undefined ? null : new ResponseFields(firstLine, lines, Number(status));
}

/** Writes a head back with some of its lines exchanged or left out (`null`). */
export function rewriteHead(
  head: Head,
  exchange: (name: string, line: string) => string | null,
  firstLine = head.firstLine,
): Buffer {
  const lines = head.lines
    .map((line, index) => exchange(head.names[index] ?? '', line))
    .filter((line) => line !== null);
  return Buffer.from([firstLine, ...lines, '', ''].join('\r\n'), 'latin1');
}

/** Whether a field that lists tokens, such as Connection, holds that one. */
export function hasToken(head: Head, field: string, token: string): boolean {
  const values = head.values(field);
  if (values.length === 0) return false;
  return values.some((value) => value.split(',').some((part) => part.trim().toLowerCase() === token));
}

/** End of the head in `raw`, behind its empty line, whichever way lines end; -1 when it is not there yet. */
export function findHeadEnd(raw: Buffer): number {
  const start = findHeadStart(raw);
  const strict = raw.indexOf('\n\r\n', start);
  const bare = raw.indexOf('\n\n', start);
  if (strict === -1) return bare === -1 ? -1 : bare + 2;
  return bare !== -1 && bare < strict ? bare + 2 : strict + 3;
}

/** Start of the head in `raw`, behind empty lines (RFC 9112 §2.2). */
export function findHeadStart(raw: Buffer): number {
  let at = 0;
  while (raw[at] === CARRIAGE_RETURN || raw[at] === NEWLINE) at += 1;
  return at;
}

class Fields implements Head {
  readonly firstLine: string;
  readonly lines: readonly string[];
  readonly names: readonly string[];

  constructor(firstLine: string, lines: readonly string[]) {
    this.firstLine = firstLine;
    this.lines = lines;
    this.names = lines.map(nameOf);
  }

  values(name: string): readonly string[] {
    const first = this.names.indexOf(name);
    if (first === -1) return NO_VALUES;
    return this.lines.filter((_, index) => index >= first && this.names[index] === name).map(textOf);
  }
}

class RequestFields extends Fields implements RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: string;

  constructor(firstLine: string, lines: readonly string[], method: string, target: string, version: string) {
    super(firstLine, lines);
    this.method = method;
    this.target = target;
    this.version = version;
  }
}

class ResponseFields extends Fields implements ResponseHead {
  readonly status: number;

  constructor(firstLine: string, lines: readonly string[], status: number) {
    super(firstLine, lines);
    this.status = status;
  }
}

/** The first line, and the lines of the fields; one that is folded (RFC 9112 §5.2) stays one. */
function splitLines(raw: Buffer): readonly [string, readonly string[]] {
  const text = raw.toString('latin1').replace(/^(?:\r?\n)+/, '');
  const [firstLine = '', ...rest] = UNUSUAL_LINE_END.test(text) ? text.split(LINE_END) : text.split('\r\n');
  return [firstLine, rest.filter((line) => line !== '')];
}

function nameOf(line: string): string {
  return line
    .slice(0, Math.max(line.indexOf(':'), 0))
    .trim()
    .toLowerCase();
}

function textOf(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}
