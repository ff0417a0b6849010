import { findHeadEnd, findHeadStart, isStartLine } from './http-head.ts';

/** Where the body of a message ends (RFC 9112 §6.3). */
export type BodyPlan =
  | { readonly kind: 'none' | 'chunked' | 'until_end' | 'tunnel' }
  | { readonly kind: 'length'; readonly bytes: number };

export interface MessageEvents {
  /** A whole head, as it came; `null`: it is no head of HTTP/1. */
  head(raw: Buffer): BodyPlan | null;
  /** This is no HTTP/1: all that follows is passed on unread. */
  opaque(): void;
  /** Bytes of the body as they came, framing included; `last`: the message ends with them. */
  body(data: Buffer, last: boolean): void;
}

type State = 'head' | 'length' | 'chunk_size' | 'chunk_data' | 'trailer' | 'rest';

const MAX_HEAD_BYTES = 256 * 1024;
/** Of a line in a chunked body: what comes behind says nothing about its length. */
const MAX_LINE_CHARACTERS = 1024;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Cuts one direction of an HTTP/1 connection into heads and bodies, without changing a byte. */
export class MessageReader {
  readonly #events: MessageEvents;
  #state: State = 'head';
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the body or chunk that are still to come. */
  #leftBytes = 0;
  #line = '';

  constructor(events: MessageEvents) {
    this.#events = events;
  }

  /** Whether a message has begun and not ended. */
  get isInside(): boolean {
    return this.#state !== 'head' || this.#head.length > 0;
  }

  get endsWithStream(): boolean {
    return this.#state === 'rest';
  }

  /** Passes all that follows on unread, as body without an end. */
  tunnel(): void {
    this.#state = 'rest';
    const waiting = this.takeHead();
    if (waiting.length > 0) this.#events.body(waiting, false);
  }

  /** Takes out what has come of a head that is not whole. */
  takeHead(): Buffer {
    const waiting = this.#head;
    this.#head = Buffer.alloc(0);
    return waiting;
  }

  read(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#step(rest);
  }

  /** Takes what belongs to the state and gives what is left. */
  #step(chunk: Buffer): Buffer {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk);
      case 'length':
        return this.#readLength(chunk);
      case 'rest':
        this.#events.body(chunk, false);
        return chunk.subarray(chunk.length);
      default:
        return this.#readChunked(chunk);
    }
  }

  #readHead(chunk: Buffer): Buffer {
    const waiting = this.#head.length;
    const whole = waiting === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = findHeadEnd(whole);
    if (end === -1 && whole.length <= MAX_HEAD_BYTES && mayBecomeHead(whole)) {
      // A chunk is no longer there when the next one comes.
      this.#head = waiting === 0 ? Buffer.from(whole) : whole;
      return chunk.subarray(chunk.length);
    }
    this.#head = Buffer.alloc(0);
    const plan = end === -1 ? null : this.#events.head(whole.subarray(0, end));
    if (plan === null) {
      this.#state = 'rest';
      this.#events.opaque();
      this.#events.body(whole, false);
      return chunk.subarray(chunk.length);
    }
    this.#begin(plan);
    return whole.subarray(end);
  }

  #begin(plan: BodyPlan): void {
    if (plan.kind === 'length') {
      this.#state = 'length';
      this.#leftBytes = plan.bytes;
    } else if (plan.kind === 'chunked') {
      this.#state = 'chunk_size';
      this.#line = '';
    } else if (plan.kind !== 'none') this.#state = 'rest';
  }

  #readLength(chunk: Buffer): Buffer {
    const data = chunk.subarray(0, this.#leftBytes);
    this.#leftBytes -= data.length;
    if (this.#leftBytes === 0) this.#state = 'head';
    this.#events.body(data, this.#leftBytes === 0);
    return chunk.subarray(data.length);
  }

  #readChunked(chunk: Buffer): Buffer {
    let at = 0;
    while (at < chunk.length && this.#state !== 'rest') {
      if (this.#state === 'chunk_data') {
        const taken = Math.min(this.#leftBytes, chunk.length - at);
        this.#leftBytes -= taken;
        at += taken;
        if (this.#leftBytes === 0) this.#state = 'chunk_size';
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (byte !== NEWLINE) {
        if (byte !== CARRIAGE_RETURN && this.#line.length < MAX_LINE_CHARACTERS) {
          this.#line += String.fromCharCode(byte);
        }
      } else if (this.#endLine()) {
        this.#state = 'head';
        this.#events.body(chunk.subarray(0, at), true);
        return chunk.subarray(at);
      }
    }
    this.#events.body(chunk, false);
    return chunk.subarray(chunk.length);
  }

  /** Takes a line of a chunked body; says whether the message ends with it. */
  #endLine(): boolean {
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'trailer') return line === '';
    const size = /^\s*([\da-f]+)/i.exec(line)?.[1];
    if (size === undefined) {
      // What is no chunk size is passed on unread: the receiver will say what it thinks of it.
      this.#state = 'rest';
      return false;
    }
    this.#leftBytes = Number.parseInt(size, 16);
    if (this.#leftBytes === 0) this.#state = 'trailer';
    else {
      // The line end behind the chunk counts as part of it.
      this.#leftBytes += 2;
      this.#state = 'chunk_data';
    }
    return false;
  }
}

/** Whether the bytes so far can be the start of a head: a method or `HTTP/`, or empty lines before it. */
function mayBecomeHead(bytes: Buffer): boolean {
  const start = findHeadStart(bytes);
  const end = bytes.indexOf(NEWLINE, start);
  if (end !== -1) return isStartLine(bytes.toString('latin1', start, end).replace(/\r$/, ''));
  return /^[!-~]*(?: |\r?$)/.test(bytes.toString('latin1', start, start + 64));
}
