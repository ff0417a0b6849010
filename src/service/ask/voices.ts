import { toAppError } from '../../errors.ts';
import { redact } from '../../policy.ts';
import type { UpstreamTls } from '../../types.ts';
import type { DependencyVoice, Watch, WatchDeps } from '../../types-watch.ts';
import { watchEvery } from '../../watch-every.ts';
import { listenToPostgres } from './postgres-voice.ts';
import { listenToRedis } from './redis-voice.ts';
import type { OpenVoice } from './voice.ts';

/** A dependency that may be asked about itself. */
export interface VoiceSource {
  /** From `connectionUrlOf`; holds credentials. `null`: nobody knows how to reach it. */
  readonly url: string | null;
  /** For TLS straight to it; absent: none, unless the URL asks for it. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback, as the user's configuration has them. */
  readonly allowHosts: readonly string[];
}

export interface HeardVoices {
  readonly voices: readonly DependencyVoice[];
  /** Why it could never be asked, in one sentence; `null`: it was, or it is of a kind that cannot be. */
  readonly unasked: string | null;
}

const KINDS: readonly (readonly [scheme: RegExp, open: OpenVoice])[] = [
  [/^postgres(ql)?:/i, listenToPostgres],
  [/^(rediss?|valkeys?):/i, listenToRedis],
];
const LOOK_LIMIT_MS = 2_000;

/**
 * Asks a dependency about itself every `everyMs`, straight and not through its proxy. While it is down there are no
 * points, and none of that is an error.
 */
export function watchVoices(
  { url, tls, allowHosts }: VoiceSource,
  deps: WatchDeps,
  everyMs = 500,
  limitMs = LOOK_LIMIT_MS,
): Watch<HeardVoices> {
  const open = KINDS.find(([scheme]) => url !== null && scheme.test(url))?.[1];
  if (url === null || open === undefined) {
    const unasked = url === null ? 'No variable of app.env in breakwater.yaml says how it is reached.' : null;
    return { stop: async () => ({ voices: [], unasked }) };
  }
  const voice = open(url, { limitMs, tls, allowHosts });
  let lastError: unknown = null;
  const watch = watchEvery(
    (signal) => {
      // A look that hangs ends with the watch.
      signal.addEventListener('abort', () => void voice.end(), { once: true });
      return (atMs) =>
        voice.hear(atMs).catch((error: unknown) => {
          if (!signal.aborted) lastError = error;
          return null;
        });
    },
    deps,
    everyMs,
  );
  return {
    async stop() {
      const voices = await watch.stop();
      await voice.end();
      const never = voices.length === 0 && lastError !== null;
      return { voices, unasked: never ? redact(toAppError(lastError).message) : null };
    },
  };
}
