import { familyOf, type LanguageName } from '../rag/languages.ts';
import type { RuleHit } from './run-rules.ts';
import type { SourceText } from './syntax/source-text.ts';

/** Settings of Celery that end every task, in code, in a mapping or among Django's settings. */
const TASK_LIMIT =
  /\btask_(soft_)?time_limit['"]?\]?\s*[:=]\s*(?!None\b|0\b)[\w(]|\bCELERY(D)?_TASK_(SOFT_)?TIME_LIMIT['"]?\]?\s*[:=]\s*(?!None\b|0\b)[\w(]/;

/** Whether a text limits the time of all tasks of Celery. */
export function limitsTasks(text: string): boolean {
  return TASK_LIMIT.test(text);
}

/**
 * Whether the limit of tasks ends the wait of a place that no operation reaches: it runs in a task, or not at all.
 * Celery breaks into a blocking call when the limit strikes (docs, "Time Limits" of the workers guide).
 */
export function isEndedByTask(ruleId: string, language: LanguageName): boolean {
  return familyOf(language) === 'python' && /-without-(\w+-)?timeouts?$/.test(ruleId);
}

/** How tasks of Celery are made: `@app.task`, `@shared_task`, `@celery.task(bind=True)`. */
const TASK = /^@((\w+\.)+task|shared_task)\s*(\(|$)/;

/** A limit of the task's own among the arguments of its decorator. */
const OWN_LIMIT = /\b(soft_)?time_limit\s*=\s*(?!None\b|0\b)[\w(]/;

/** Whether a match is a wait within a task of Celery, which the limit of tasks ends, whoever sends the task. */
export function waitsInTask(source: SourceText, hit: RuleHit): boolean {
  return listDecorators(source, hit).some((text) => TASK.test(text));
}

/** Whether a match is a wait within a task of Celery that has a limit of its own. */
export function waitsInLimitedTask(source: SourceText, hit: RuleHit): boolean {
  return listDecorators(source, hit).some((text) => TASK.test(text) && OWN_LIMIT.test(text));
}

/** The decorators of the functions around a wait; none where the match is no wait. */
function listDecorators(source: SourceText, { rule, match }: RuleHit): readonly string[] {
  if (!isEndedByTask(rule.id, source.language)) return [];
  return source
    .nodes('decorated_definition')
    .filter((one) => one.start <= match.startOffset && match.startOffset < one.end)
    .flatMap((one) => one.children.filter(({ type }) => type === 'decorator').map(({ text }) => text));
}
