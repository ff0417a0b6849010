/** Documents that say which operations a service answers: OpenAPI by the names that projects give it, Protocol Buffers, routes of Symfony. */
const CONTRACT_FILES: readonly RegExp[] = [
  /\.proto$/,
  /(^|[/._-])(openapi|open-api|swagger|api-?docs?|api-?spec)[\w.-]*\.(ya?ml|json)$/i,
  /(^|\/)(openapi|open-api|swagger|api-?specs?)\/[\w./-]+\.ya?ml$/i,
  /(^|\/)specs?\/([\w.-]+\/)*[\w.-]*(api|service|rest)[\w.-]*\.ya?ml$/i,
  /(^|\/)(api|rest-api|contract)\.ya?ml$/i,
  /(^|[/._-])(api|spec)[\w.-]*\.(ya?ml|json)$/i,
  // Tables of routes of Symfony.
  /(^|\/)rout(es|ing)[\w.-]*\.ya?ml$/,
  /(^|\/)config\/routes\/[\w./-]+\.ya?ml$/,
];

/** Larger documents are left alone. */
export const MAX_CONTRACT_BYTES = 2 * 1024 * 1024;

/** Says whether a file, by its path below the workspace, is such a document. */
export function isContract(file: string): boolean {
  return CONTRACT_FILES.some((pattern) => pattern.test(file));
}
