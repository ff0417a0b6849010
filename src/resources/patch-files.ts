import { folderResources } from './folder-files.ts';

export default folderResources({
  name: 'patch-files',
  title: 'What a proposed patch left behind',
  description: 'The unified diff of a patch and, once it was tried, its verification.',
  folder: 'patches',
  variable: 'patch_id',
  idPattern: /^pat_[0-9a-f]+$/,
  files: {
    'patch.diff': 'text/x-diff',
    'patch.json': 'application/json',
    'verification.json': 'application/json',
    'verification.md': 'text/markdown',
  },
});
