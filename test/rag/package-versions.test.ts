import { expect, test } from 'vitest';
import { isManifest } from '../../src/rag/manifests/manifests.ts';
import { findPackageVersion } from '../../src/rag/manifests/packages.ts';

const pom = (version: string, properties = '') =>
  `<project><properties>${properties}</properties><dependencies><dependency>
  <artifactId>okhttp</artifactId>
  <version>${version}</version>
</dependency></dependencies></project>`;

test.each([
  ['java', 'pom.xml', pom('4.12.0'), 'okhttp', '4.12.0'],
  [
    'java',
    'pom.xml',
    pom(`\${okhttp.version}`, '<okhttp.version>4.11.0</okhttp.version>'),
    'okhttp',
    '4.11.0',
  ],
  ['java', 'pom.xml', pom(`\${okhttp.version}`), 'okhttp', null],
  ['java', 'build.gradle', "implementation 'com.squareup.okhttp3:okhttp:4.12.0'", 'okhttp', '4.12.0'],
  ['java', 'build.gradle.kts', 'implementation("com.squareup.okhttp3:okhttp:4.12.0")', 'okhttp', '4.12.0'],
  ['java', 'build.gradle', "implementation 'com.squareup.okhttp3:okhttp-sse:4.12.0'", 'okhttp', null],
  [
    'csharp',
    'Shop.csproj',
    '<PackageReference Include="Flurl.Http" Version="4.0.2" />',
    'Flurl.Http',
    '4.0.2',
  ],
  [
    'csharp',
    'Directory.Packages.props',
    '<PackageVersion Include="Flurl.Http" Version="4.0.2" />',
    'Flurl.Http',
    '4.0.2',
  ],
  ['python', 'requirements/deploy.txt', 'redis==8.0.1\n    # via -r pip.txt\n', 'redis', '8.0.1'],
  ['python', 'requirements/pip.txt', 'redis-lock==4.0.0\n', 'redis', null],
  ['python', 'requirements.txt', 'redis==8.0.1 \\\n    --hash=sha256:00\n', 'redis', '8.0.1'],
])('%s, %s: %s', (language, file, text, name, version) => {
  expect(isManifest(file)).toBe(true);
  expect(findPackageVersion(new Map([[file, text]]), language, name, 'src/App.x')).toBe(version);
});

test('the file of another project below says nothing', () => {
  const texts = new Map([['tools/Load.csproj', '<PackageReference Include="Flurl.Http" Version="4.0.2" />']]);
  expect(findPackageVersion(texts, 'csharp', 'Flurl.Http', 'src/App.cs')).toBe(null);
});
