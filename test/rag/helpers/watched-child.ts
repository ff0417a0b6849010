import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of this folder in a process of its own, whose lines are watched. */
export class WatchedChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: string[] = [];
  #onLine: () => void = () => undefined;

  constructor(program: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(program, import.meta.url));
    this.#child = spawn(process.execPath, ['--import', 'tsx/esm', path, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#ended = once(this.#child, 'exit');
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#lines.push(line);
      this.#onLine();
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Gives the first line, said already or to come, that `wanted` takes. */
  awaitLine(wanted: (line: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      this.#onLine = () => {
        const line = this.#lines.find(wanted);
        if (line !== undefined) resolve(line);
      };
      this.#onLine();
    });
  }

  /** Kills the process without warning, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
