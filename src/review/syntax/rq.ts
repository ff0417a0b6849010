import type { LeanNode } from '../../rag/lean-node.ts';
import type { ProjectFacts } from '../rule.ts';
import { enclosingFunction, type SourceText } from './source-text.ts';

const IMPORTS = [
  'from rq import',
  'from rq.',
  'import rq\n',
  'import django_rq',
  'from django_rq',
  'from flask_rq2',
];
const JOB = /^@((\w+\.)*rq\.)?job\s*(\(|$)/;

/**
 * Tells whether a place runs in a job of RQ, which is ended after its own limit, 180 s unless another is given (RQ
 * docs, "Jobs": job_timeout): in a function with the decorator `@job`, or in one that the project gives to `enqueue`.
 */
export function createJobFinder(source: SourceText, project: ProjectFacts): (place: LeanNode) => boolean {
  if (!IMPORTS.some((text) => project.holds(text))) return () => false;
  const enqueued = new Set(['enqueue(', 'enqueue_call(func='].flatMap((text) => project.wordsAfter(text)));
  return (place) => {
    const around = enclosingFunction(place);
    if (around?.type !== 'function_definition') return false;
    if (enqueued.has(around.child('name')?.text ?? '')) return true;
    const outer = around.parent?.type === 'decorated_definition' ? around.parent.children : [];
    return (
      /(\b|_)rq\b/.test(source.text) && outer.some(({ type, text }) => type === 'decorator' && JOB.test(text))
    );
  };
}
