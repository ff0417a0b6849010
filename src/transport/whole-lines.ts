import { Transform } from 'node:stream';

const NEWLINE = 0x0a;

/**
 * Passes on each line as one chunk, its newline included, and drops lines of more than `limitBytes`: the SDK's
 * transport would close the connection for one. `onDropped` is called when such a line has ended.
 */
export function passWholeLines(limitBytes: number, onDropped: () => void): Transform {
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (part: Buffer) => {
    bytes += part.length;
    if (bytes <= limitBytes) parts.push(part);
    else parts = [];
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        take(chunk.subarray(start, end));
        if (bytes > limitBytes) onDropped();
        else this.push(Buffer.concat([...parts, chunk.subarray(end, end + 1)]));
        parts = [];
        bytes = 0;
        start = end + 1;
      }
      take(chunk.subarray(start));
      done();
    },
  });
}
