export function buildProduct(outdir?: string): Promise<void>;
export function bundle(entries: readonly string[], outdir: string): Promise<readonly string[]>;
