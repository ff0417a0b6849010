import failureDrill from './failure-drill.ts';
import hardenEndpoint from './harden-endpoint.ts';
import type { Prompt } from './prompt.ts';
import resilienceReview from './resilience-review.ts';

/** All prompts. */
export const PROMPTS: readonly Prompt[] = [resilienceReview, hardenEndpoint, failureDrill];
