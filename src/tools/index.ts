import codeContext from './code-context.ts';
import codeIndex from './code-index.ts';
import codeSearch from './code-search.ts';
import drillRun from './drill-run.ts';
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

/** A run outlives the call that started it: whoever can start one can read and end it. */
const RUNS = [runReport, runCancel];

/** The tools by what they are for, in the order of the loop; the names are those that `serve --tools` takes. */
export const TOOL_GROUPS: Readonly<Record<string, readonly AnyTool[]>> = {
  scenarios: [scenarioGenerate, scenarioRun, faultProbe, ...RUNS],
  proxies: [proxyOpen, proxyClose, proxyList],
  code: [codeIndex, codeSearch, codeContext],
  review: [reviewCode, patchPropose, patchVerify, ...RUNS],
  drills: [drillRun, ...RUNS],
};

/** All tools. The order is fixed, so that hosts can cache it. */
export const TOOLS: readonly AnyTool[] = [...new Set(Object.values(TOOL_GROUPS).flat())];
