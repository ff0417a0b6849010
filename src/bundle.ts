import { fileURLToPath } from 'node:url';

const here = import.meta.url;
/** Run from source, the built files lie in dist/ beside src/; bundled, all files lie in one folder. */
const distFolder = here.endsWith('.ts') ? new URL('../dist/', here) : new URL('./', here);

/** Path of a file that the build puts beside the bundle, such as `wasm/tree-sitter-go.wasm`. */
export function bundledFile(name: string): string {
  return fileURLToPath(new URL(name, distFolder));
}

/** URL of a built worker: `workerUrl('proxy')` is dist/proxy.worker.js. */
export function workerUrl(name: string): URL {
  return new URL(`${name}.worker.js`, distFolder);
}
