import { folderResources } from './folder-files.ts';

export default folderResources({
  name: 'drill-files',
  title: 'What drills left behind',
  description: 'Report and measurements of failure drills. report.md is the one to read.',
  folder: 'drills',
  variable: 'drill_id',
  idPattern: /^drl_[0-9a-f]+$/,
  files: {
    'report.md': 'text/markdown',
    'report.html': 'text/html',
    'junit.xml': 'application/xml',
    'drill.json': 'application/json',
  },
});
