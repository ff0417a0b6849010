import { buildProduct } from '../../scripts/build.mjs';

/** Bundles the product before the tests, so that workers and end-to-end tests run what users run. */
export async function setup(): Promise<void> {
  await buildProduct();
}
