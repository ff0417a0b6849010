import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface FoundPython {
  /** Absolute path or name of an interpreter that has all modules; `null`: none was found. */
  readonly python: string | null;
  /** What was tried and what to do; it is shown when tests are skipped. */
  readonly why: string;
}

/** Looks for a Python that has FastAPI, SQLAlchemy and uvicorn. */
export function findPython(): FoundPython {
  const named = process.env.BREAKWATER_TEST_PYTHON;
  const candidates = [
    ...(named === undefined || named === '' ? [] : [named]),
    'python3',
    '/usr/bin/python3',
    resolve('.venv/bin/python'),
  ];
  const python = candidates.find((candidate) => {
    const probe = spawnSync(candidate, ['-c', 'import fastapi, sqlalchemy, uvicorn'], { stdio: 'ignore' });
    return probe.status === 0;
  });
  return {
    python: python ?? null,
    why: `no Python with fastapi, sqlalchemy and uvicorn (tried ${candidates.join(', ')}); make one: export BREAKWATER_TEST_PYTHON=$(scripts/test-python.sh /tmp/breakwater-python)`,
  };
}

/** Whether a missing tool fails the tests instead of skipping them, as in CI. */
export function allToolsRequired(): boolean {
  return process.env.BREAKWATER_TEST_REQUIRE_ALL === '1';
}
