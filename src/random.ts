/** A seeded stream of random numbers. The same seed and keys give the same stream, on any machine. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  next(): number;
  /** Uniform in [min, max). */
  between(min: number, max: number): number;
  /** Normal with the given mean and standard deviation (Box–Muller). */
  normal(mean: number, stddev: number): number;
  /** Pareto: `scale / U^(1/shape)`, never below `scale`. */
  pareto(shape: number, scale: number): number;
  /** An independent stream named by `keys`; taking it does not move this one. */
  fork(...keys: readonly (string | number)[]): Random;
}

/** Largest seed that is drawn; fits a YAML integer and a signed 32-bit one. */
export const MAX_SEED = 2 ** 31 - 1;

/** Gives the stream of `seed`. */
export function createRandom(seed: number, ...keys: readonly (string | number)[]): Random {
  return stream([seed, ...keys].join('\u0000'));
}

/** Draws a seed from the operating system's randomness. */
export function drawSeed(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word % MAX_SEED;
}

function stream(key: string): Random {
  const next = sfc32(hash128(key));
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    normal(mean, stddev) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return mean + stddev * radius * Math.cos(2 * Math.PI * next());
    },
    pareto: (shape, scale) => scale / (1 - next()) ** (1 / shape),
    fork: (...keys) => stream([key, ...keys].join('\u0000')),
  };
}

/** sfc32, C. Doty-Humphrey's "small fast counting" generator (PractRand), with 128 bits of state. */
function sfc32([first, second, third, fourth]: readonly [number, number, number, number]): () => number {
  let [a, b, c, counter] = [first, second, third, fourth];
  const step = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs still show the key; PractRand's author asks for a dozen rounds.
  for (let round = 0; round < 12; round += 1) step();
  return step;
}

/** Four 32-bit words of `text`, each by FNV-1a with its own offset and MurmurHash3's finalizer. */
function hash128(text: string): [number, number, number, number] {
  return [word(text, 0x811c9dc5), word(text, 0x9e3779b9), word(text, 0x85ebca6b), word(text, 0xc2b2ae35)];
}

function word(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
