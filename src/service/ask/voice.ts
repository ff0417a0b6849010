import type { UpstreamTls } from '../../types.ts';
import type { DependencyVoice } from '../../types-watch.ts';

/** How a dependency is reached. */
export interface AskOptions {
  /** Limit of connecting, and of each answer. */
  readonly limitMs: number;
  /** For TLS straight to it; absent: none, unless the URL asks for it. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback, as the user's configuration has them. */
  readonly allowHosts: readonly string[];
}

/** Asks one kind of dependency; opens a session when it has none, and gives a look up after `limitMs`. */
export interface Voice {
  hear(atMs: number): Promise<DependencyVoice>;
  end(): Promise<void>;
}

export type OpenVoice = (url: string, options: AskOptions) => Voice;
