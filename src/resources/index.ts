import drillFiles from './drill-files.ts';
import patchFiles from './patch-files.ts';
import type { ResourceFamily } from './resource.ts';
import reviewFiles from './review-files.ts';
import runFiles from './run-files.ts';
import scenarioFormat from './scenario-format.ts';

/** All families of resources. */
export const RESOURCES: readonly ResourceFamily[] = [
  runFiles,
  reviewFiles,
  patchFiles,
  drillFiles,
  scenarioFormat,
];
