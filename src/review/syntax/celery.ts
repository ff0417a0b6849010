import type { ProjectFacts } from '../rule.ts';
import type { SourceText } from './source-text.ts';

/** What an application that a worker runs is given: where its tasks are, or how it works. */
const WORKED =
  /autodiscover_tasks|config_from_object|\binclude\s*=|\bimports\s*=|\.conf\b|worker_|@[\w.]*task\b|\.finalize\(/;

/** How settings take in those of another package, whose values nobody sees here. */
export const FOREIGN_SETTINGS = '.celery import *';

/**
 * Whether an application of Celery in a file only sends tasks: it is given none, and another one of the project finds
 * them by itself. The settings of the application that the worker runs decide, whoever sends (tried with Celery 5.6.2).
 */
export function onlySendsTasks({ text }: SourceText, project: ProjectFacts): boolean {
  return !WORKED.test(text) && project.holdsTogether(['Celery(', '.autodiscover_tasks(']);
}
