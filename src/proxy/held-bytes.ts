/** Above this, each flow of the proxy holds little: memory stays bounded however many connections there are. */
const MAX_BYTES = 256 * 1024 * 1024;
const SPARE_BYTES = 64 * 1024;

/** Bytes that all flows of a proxy hold together. */
export class HeldBytes {
  #bytes = 0;

  /** Adds what a flow holds now, or takes off (negative) what it let go. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** What a flow may hold that would hold `wantedBytes`. */
  limit(wantedBytes: number): number {
    return this.#bytes > MAX_BYTES ? Math.min(wantedBytes, SPARE_BYTES) : wantedBytes;
  }
}
