import type { Socket } from 'node:net';

/** Bytes on their way to a socket that are to leave together. */
export class Outbox {
  #pieces: Buffer[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(data: Buffer): void {
    this.#pieces.push(data);
    this.#bytes += data.length;
  }

  /** Writes all that it holds, by one call to the system; a socket that takes nothing more gets nothing. */
  writeTo(socket: Socket): void {
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return;
    if (socket.writable) {
      if (pieces.length === 1) socket.write(first);
      else if (areAdjacent(pieces)) socket.write(Buffer.from(first.buffer, first.byteOffset, this.#bytes));
      else {
        socket.cork();
        for (const piece of pieces) socket.write(piece);
        socket.uncork();
      }
    }
    this.clear();
  }

  clear(): void {
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#bytes = 0;
  }
}

/** Whether the pieces lie one behind the other in memory, as a head and a body do that were read together. */
function areAdjacent(pieces: readonly Buffer[]): boolean {
  return pieces.every((piece, index) => {
    const before = pieces[index - 1];
    if (before === undefined) return true;
    return before.buffer === piece.buffer && before.byteOffset + before.length === piece.byteOffset;
  });
}
