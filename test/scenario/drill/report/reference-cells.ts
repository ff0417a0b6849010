/** What the reference document wants filled in, cell by cell, in its order. */

interface ScenarioCells {
  readonly title: string;
  readonly columns: readonly string[];
  readonly metrics: readonly string[];
  readonly behaviour: readonly string[];
}

export const SCENARIOS: readonly ScenarioCells[] = [
  {
    title: 'Database Connection Failure',
    columns: ['Metric', 'Before Failure', 'During Failure', 'After Recovery', 'Status'],
    metrics: ['Error Rate', 'Response Time', 'Requests/sec', 'Recovery Time'],
    behaviour: [
      'Health Check Response',
      'Error Messages',
      'Connection Pool Behavior',
      'Automatic Retry',
      'Graceful Degradation',
    ],
  },
  {
    title: 'Cache (Redis) Failure',
    columns: ['Metric', 'Before Failure', 'During Failure', 'After Recovery', 'Status'],
    metrics: ['Error Rate', 'Response Time', 'Database Load', 'Cache Hit Rate'],
    behaviour: [
      'Fail-Open Caching',
      'Database Fallback',
      'Rate Limiting',
      'Session Storage',
      'Performance Impact',
    ],
  },
  {
    title: 'Network Latency Spike',
    columns: ['Metric', 'Before Latency', 'During Latency', 'After Recovery', 'Status'],
    metrics: ['Response Time', 'Timeout Errors', 'Error Rate', 'User Experience'],
    behaviour: ['Timeout Handling', 'Circuit Breaker', 'Retry Logic', 'User Feedback'],
  },
  {
    title: 'Slow Query Scenario',
    columns: ['Metric', 'Before', 'During Slow Query', 'After Termination', 'Status'],
    metrics: ['Connection Pool', 'Request Timeout', 'Error Rate', 'Queue Length'],
    behaviour: ['Request Timeout', 'Connection Release', 'Queue Buildup', 'Recovery'],
  },
  {
    title: 'Memory Pressure',
    columns: ['Metric', 'Before', 'During Pressure', 'After Recovery', 'Status'],
    metrics: ['Memory Usage', 'Swap Usage', 'Response Time', 'Error Rate'],
    behaviour: ['OOM Killer', 'Process Crashes', 'Swap Thrashing', 'Recovery'],
  },
  {
    title: 'CPU Saturation',
    columns: ['Metric', 'Before', 'During Saturation', 'After Recovery', 'Status'],
    metrics: ['CPU Usage', 'Response Time', 'Throughput', 'Error Rate'],
    behaviour: ['Request Queuing', 'Worker Starvation', 'Timeout Errors', 'Recovery'],
  },
];

/** Headings within each scenario. */
export const PARTS = [
  '### Test Setup',
  '### Execution',
  '### Results',
  '### System Behavior',
  '### Issues Identified',
  '### Recommendations',
];

export const SETUP = ['Baseline Load', 'Failure Trigger', 'Duration', 'Recovery'];

/** Headings before the scenarios. */
export const HEAD = ['# Failure Scenarios Test Results', '## Test Configuration', '## Test Scenarios'];
export const CONFIGURATION = ['Date', 'Objective', 'Duration'];

/** Headings after the scenarios. */
export const CLOSING = [
  '## Summary of All Scenarios',
  '### Resilience Score',
  '### Critical Findings',
  '#### Strengths',
  '#### Weaknesses',
  '#### Risks',
  '## Recommendations by Priority',
  '### P0 - Critical (Must Fix Before Production)',
  '### P1 - High (Should Fix Before Production)',
  '### P2 - Medium (Fix Soon After Launch)',
  '## Disaster Recovery Validation',
  '### Recovery Time Objectives (RTO)',
  '### Recovery Point Objectives (RPO)',
  '## Next Steps',
  '## Test Execution Checklist',
  '## Appendix',
  '### Tools Used',
  '### Monitoring Commands',
  '### Recovery Procedures',
];

interface TableCells {
  readonly under: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

export const TABLES: readonly TableCells[] = [
  {
    under: '### Resilience Score',
    columns: ['Scenario', 'Graceful Degradation', 'Recovery Time', 'Error Handling', 'Score'],
    rows: [
      'Database Failure',
      'Cache Failure',
      'Network Latency',
      'Slow Queries',
      'Memory Pressure',
      'CPU Saturation',
      '**Overall**',
    ],
  },
  {
    under: '### Recovery Time Objectives (RTO)',
    columns: ['Failure Type', 'Target RTO', 'Actual RTO', 'Met?'],
    rows: ['Database Failure', 'Cache Failure', 'Application Crash', 'Network Issue'],
  },
  {
    under: '### Recovery Point Objectives (RPO)',
    columns: ['Data Type', 'Target RPO', 'Actual RPO', 'Met?'],
    rows: ['User Data', 'Transactions', 'Session Data'],
  },
];

export const NEXT_STEPS = [
  'Execute all failure scenarios',
  'Document actual results',
  'Fix critical issues',
  'Implement missing resilience patterns',
  'Re-test to verify improvements',
  'Update disaster recovery plan',
];

export const CHECKLIST = [
  'Backup database before testing',
  'Notify team of testing window',
  'Set up monitoring dashboards',
  'Prepare rollback procedures',
  'Document baseline metrics',
  'Execute each scenario',
  'Capture logs and metrics',
  'Analyze results',
  'Document findings',
  'Create action items',
];

/** What a full run may not have observed. */
export const MAY_BE_UNSEEN = ['User Experience', 'User Feedback', 'Session Storage'];
