// The suite asks for Node 22, for one function of `fs` that its server scenarios never call: here is a stand-in.
import { register } from 'node:module';

const asUrl = (code) => `data:text/javascript,${encodeURIComponent(code)}`;

const FILE_SYSTEM = asUrl(`
export * from 'node:fs';
export { default } from 'node:fs';
export const globSync = () => { throw new Error('fs.globSync needs Node 22'); };
`);

register(
  asUrl(`
export async function resolve(specifier, context, next) {
  const isSuite = context.parentURL?.includes('/@modelcontextprotocol/conformance/');
  return isSuite && specifier === 'fs' ? { url: ${JSON.stringify(FILE_SYSTEM)}, shortCircuit: true } : next(specifier, context);
}
`),
);
