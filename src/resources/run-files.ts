import { folderResources } from './folder-files.ts';

export default folderResources({
  name: 'run-files',
  title: 'What a run left behind',
  description: 'Report, verdicts, samples and scenario of a run. report.md is the one to read.',
  folder: 'runs',
  variable: 'run_id',
  idPattern: /^run_[0-9a-f]+$/,
  files: {
    'report.md': 'text/markdown',
    'report.html': 'text/html',
    'junit.xml': 'application/xml',
    'report.sarif': 'application/sarif+json',
    'verdict.json': 'application/json',
    'run.json': 'application/json',
    'samples.ndjson': 'application/x-ndjson',
    'ledger.ndjson': 'application/x-ndjson',
    'scenario.yaml': 'application/yaml',
  },
});
