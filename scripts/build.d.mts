export function buildProduct(outdir?: string): Promise<void>;
