import codeContext from './code-context.ts';
import codeIndex from './code-index.ts';
import codeSearch from './code-search.ts';
import faultProbe from './fault-probe.ts';
import patchPropose from './patch-propose.ts';
import patchVerify from './patch-verify.ts';
import proxyClose from './proxy-close.ts';
import proxyList from './proxy-list.ts';
import proxyOpen from './proxy-open.ts';
import reviewCode from './review-code.ts';
import runCancel from './run-cancel.ts';
import runReport from './run-report.ts';
import scenarioGenerate from './scenario-generate.ts';
import scenarioRun from './scenario-run.ts';
import type { AnyTool } from './tool.ts';

/** All tools, in the order of the loop. The order is fixed, so that hosts can cache it. */
export const TOOLS: readonly AnyTool[] = [
  scenarioGenerate,
  scenarioRun,
  faultProbe,
  runReport,
  runCancel,
  proxyOpen,
  proxyClose,
  proxyList,
  codeIndex,
  codeSearch,
  codeContext,
  reviewCode,
  patchPropose,
  patchVerify,
];
