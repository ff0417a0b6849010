import { folderResources } from './folder-files.ts';

export default folderResources({
  name: 'review-files',
  title: 'What a review left behind',
  description: 'Report and findings of a review, with the brief for the model.',
  folder: 'reviews',
  variable: 'review_id',
  idPattern: /^rev_[0-9a-f]+$/,
  files: {
    'report.md': 'text/markdown',
    'findings.json': 'application/json',
    'brief.md': 'text/markdown',
    'report.sarif': 'application/sarif+json',
  },
});
