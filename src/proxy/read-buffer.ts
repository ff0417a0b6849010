import type { OnReadOpts } from 'node:net';

/** Most requests and answers of services fit; ten thousand connections have 20 MB of it. */
const LEAST_BYTES = 2 * 1024;
/** For a stream that fills what there is. */
const MOST_BYTES = 64 * 1024;

/**
 * What a socket reads into, again and again as long as nobody keeps what was read. Nearly all bytes have left the proxy
 * before the next are read, and memory that is made anew for each read costs more than the reading does: pages that
 * are touched for the first time, and collections to give them back.
 */
export class ReadBuffer {
  /** For `net.connect`. */
  readonly onread: OnReadOpts;
  readonly #receive: (chunk: Buffer) => void;
  readonly #isKept: () => boolean;
  #buffer = allocate(LEAST_BYTES);
  #wantedBytes = LEAST_BYTES;

  /** `isKept` says, after `receive`, whether some of that chunk is still needed. */
  constructor(receive: (chunk: Buffer) => void, isKept: () => boolean) {
    this.#receive = receive;
    this.#isKept = isKept;
    this.onread = { buffer: () => this.#next(), callback: (bytes) => this.#read(bytes) };
  }

  #read(bytes: number): boolean {
    if (bytes === this.#buffer.length) this.#wantedBytes = MOST_BYTES;
    else if (bytes <= LEAST_BYTES) this.#wantedBytes = LEAST_BYTES;
    this.#receive(this.#buffer.subarray(0, bytes));
    return true;
  }

  #next(): Buffer {
    if (this.#buffer.length !== this.#wantedBytes || this.#isKept()) {
      this.#buffer = allocate(this.#wantedBytes);
    }
    return this.#buffer;
  }
}

/** A small one is cut from memory that several share: to make each by itself costs more than to read into it. */
function allocate(bytes: number): Buffer {
  return bytes === LEAST_BYTES ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(bytes);
}
