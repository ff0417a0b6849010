import type { DrillRun } from '../../../types-drill.ts';
import type { RunJudgement } from '../judge/judgement.ts';
import { SECTIONS } from '../judge/sections.ts';
import { recoveredBy } from './markdown-drill.ts';
import { plain } from './text.ts';

/** Next steps and checklist, in which what was done is checked. */
export function renderSteps(run: DrillRun, judgement: RunJudgement): string {
  const told = judgement.drills.filter(({ inconclusive }) => inconclusive === null);
  const missing = SECTIONS.filter(
    ({ failureType }) => !told.some((drill) => drill.failureType === failureType),
  );
  const all = missing.length === 0;
  const open = all ? '' : ` (missing: ${missing.map(({ shortTitle }) => shortTitle).join(', ')})`;
  const count = (severities: readonly string[]) =>
    judgement.recommendations.filter(({ severity }) => severities.includes(severity)).length;
  const [critical, others] = [count(['P0']), count(['P1', 'P2'])];
  const some = told.length > 0;
  const steps: readonly (readonly [boolean, string])[] = [
    [all, `Execute all failure scenarios${open}`],
    [some, 'Document actual results'],
    [
      some && critical === 0,
      `Fix critical issues (${critical === 0 ? 'none was found' : `${critical} of P0`})`,
    ],
    [some && others === 0, `Implement missing resilience patterns (${others} of P1 and P2)`],
    [false, 'Re-test to verify improvements (`breakwater drill`, with the same seed)'],
    [false, 'Update disaster recovery plan'],
  ];
  const watched = run.results.some(({ vitals, dependencies }) => vitals.length + dependencies.length > 0);
  const checklist: readonly (readonly [boolean, string])[] = [
    [false, 'Backup database before testing'],
    [false, 'Notify team of testing window'],
    [
      watched,
      'Set up monitoring dashboards (health, processes and dependencies were watched: see the HTML report)',
    ],
    [some, 'Prepare rollback procedures (Breakwater mends what it breaks, after its own death too)'],
    [some, 'Document baseline metrics'],
    [all, `Execute each scenario${open}`],
    [some, 'Capture logs and metrics (drill.json)'],
    [some, 'Analyze results'],
    [some, 'Document findings'],
    [some, `Create action items (${judgement.recommendations.length} recommendations)`],
  ];
  const box = ([done, text]: readonly [boolean, string]) => `[${done ? 'x' : ' '}] ${text}`;
  return [
    '## Next Steps',
    steps.map((step, index) => `${index + 1}. ${box(step)}`).join('\n'),
    '## Test Execution Checklist',
    checklist.map((step) => `- ${box(step)}`).join('\n'),
  ].join('\n\n');
}

/** Tools, commands to look at the same things by hand, and how each failure was ended. */
export function renderAppendix(run: DrillRun, judgement: RunJudgement): string {
  const ends = judgement.drills.flatMap((drill) => {
    const result = run.results.find(({ plan }) => plan.id === drill.drillId);
    return result === undefined ? [] : [`- ${drill.title}: ${plain(recoveredBy(drill, result))}`];
  });
  return [
    '## Appendix',
    `### Tools Used\n\n${listTools(run)
      .map((tool) => `- ${tool}`)
      .join('\n')}`,
    `### Monitoring Commands\n\n${['```bash', ...listCommands(run), '```'].join('\n')}`,
    `### Recovery Procedures\n\n${ends.length === 0 ? '- None was needed.' : ends.join('\n')}`,
  ].join('\n\n');
}

function listTools({ results, config }: DrillRun): readonly string[] {
  const broken = results.flatMap(({ dependencies }) => dependencies.filter((each) => each.broken));
  const commands = results.some(({ plan }) => plan.params.stop !== undefined);
  const voices = new Set(
    results.flatMap(({ dependencies }) =>
      dependencies.flatMap((each) => each.voices.map(({ kind }) => kind)),
    ),
  );
  return [
    'Breakwater, load generator (open model: requests leave at times fixed beforehand, and response times count from them)',
    ...(broken.length > 0
      ? ['Breakwater, fault proxy in front of each dependency (network latency, refusals)']
      : []),
    ...(commands ? ['Your own commands of breakwater.yaml (service management)'] : []),
    ...(results.some(({ vitals }) => vitals.length > 0)
      ? ['The platform, for processes, memory, processors and swap']
      : []),
    ...(voices.has('postgres') ? ['PostgreSQL, asked for pg_stat_activity (database queries)'] : []),
    ...(voices.has('redis') ? ['Redis, asked for INFO (cache management)'] : []),
    ...(config.durability.length > 0
      ? ['Writes with an id that are read back after recovery (acknowledged writes lost)']
      : []),
  ];
}

function listCommands({ id, results, config }: DrillRun): readonly string[] {
  const upstreams = [
    ...new Set(results.flatMap(({ dependencies }) => dependencies.map(({ upstream }) => upstream))),
  ];
  const hosts = (protocol: RegExp) =>
    upstreams.flatMap((upstream) => {
      const match = /^(\w+):\/\/([\w.-]+|\[[\da-f:]+\]):(\d+)$/i.exec(upstream);
      return match !== null && protocol.test(match[1] ?? '')
        ? [{ host: match[2] ?? '', port: match[3] ?? '' }]
        : [];
    });
  return [
    '# System resources',
    'htop',
    'free -h',
    'df -h',
    '',
    '# Database',
    ...hosts(/^psqls?$/).map(
      ({ host, port }) => `psql -h ${host} -p ${port} -c "SELECT * FROM pg_stat_activity;"`,
    ),
    '',
    '# Cache',
    ...hosts(/^redis$/).map(({ host, port }) => `redis-cli -h ${host} -p ${port} INFO`),
    '',
    '# Application',
    ...(config.health === null || !/^\/[\w./-]*$/.test(config.health)
      ? []
      : [`curl -i "$SERVICE${config.health}"`]),
    `ls .breakwater/drills/${id}`,
    '',
    '# Network',
    'netstat -an | grep ESTABLISHED | wc -l',
  ];
}
