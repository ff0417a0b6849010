import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { annotationOf, hasNoArguments, importsClass, listCreations } from '../syntax/java.ts';
import { findAncestor, type SourceText } from '../syntax/source-text.ts';

const CLASSES = ['HikariConfig', 'HikariDataSource'];
/** Pools of tools wait for nobody's request. */
const TOOL = /migrat|flyway|liquibase|upgrade|initializ|onesession/i;
/** Databases that run within the process, and no server that a request waits for. */
const EMBEDDED = /\bjdbc:(h2:(?!tcp|ssl)|sqlite:|hsqldb:(?!hsqls?:|https?:)|derby:(?!\/\/))/;
const SERVER = /\bjdbc:(?!h2:|sqlite:|hsqldb:|derby:)\w+:/;
const START = 'import com.zaxxer.hikari.HikariConfig;\nclass A {';

export default defineRule({
  id: 'java-hikari-default-wait',
  languages: ['java'],
  title: 'Half a minute of waiting for a connection (HikariCP)',
  summary: 'When the pool is used up, each request waits 30 s for a connection, longer than its caller does.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['com.zaxxer:HikariCP'],
  shownBy: { hang: 0.4, slow_beyond_fault: 0.3, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'HikariCP (all versions): connectionTimeout 30 s, maximumPoolSize 10, leakDetectionThreshold 0, which is off.',
    source: 'HikariCP README "Configuration (knobs, baby!)"',
    howItMaterializes:
      'The database slows down, ten queries hold the pool, and every further request queues for 30 s.',
    downstreamImpact:
      'Threads of the server are used up by waiting, also for requests that need no database.',
    discussion:
      'Set `setConnectionTimeout` below the deadline of a request, one to five seconds, and answer 503 when it strikes.',
    infrastructurePattern: 'PgBouncer queues with `query_wait_timeout`, for all services together.',
    benefit: 'A slow database costs seconds and a clear error.',
    risks: 'Short peaks that were waited out become errors.',
    monitoring: 'hikaricp.connections.pending, .timeout and .usage.',
  },
  check({ source }) {
    if (EMBEDDED.test(source.text) && !SERVER.test(source.text)) return [];
    return CLASSES.filter((name) => importsClass(source, `com.zaxxer.hikari.${name}`)).flatMap((name) =>
      listCreations(source, name).flatMap((made) => checkPool(made, source)),
    );
  },
  examples: {
    valid: [
      `${START} DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(u); c.setConnectionTimeout(2000); return new HikariDataSource(c); } }`,
      `${START} DataSource f(Properties p) { HikariConfig c = new HikariConfig(p); return new HikariDataSource(c); } }`,
      `${START} @Bean @ConfigurationProperties("db") HikariConfig f() { HikariConfig c = new HikariConfig(); return c; } }`,
      'import com.example.HikariConfig;\nclass A { void f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(u); } }',
      `${START} DataSource migrate() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(u); return new HikariDataSource(c); } }`,
      `${START} DataSource f() { HikariConfig c = new HikariConfig(); settings.apply(c); return new HikariDataSource(c); } }`,
      `${START} static final String URL = "jdbc:h2:file:%sorders"; DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(String.format(URL, home)); return new HikariDataSource(c); } }`,
      `${START} DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl("jdbc:sqlite:orders.db"); return new HikariDataSource(c); } }`,
    ],
    invalid: [
      {
        before: `${START} DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl("jdbc:h2:tcp://db/orders"); return new HikariDataSource(c); } }`,
        after: null,
      },
      {
        before: `${START} DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(test ? "jdbc:h2:mem:a" : "jdbc:postgresql://db/a"); return new HikariDataSource(c); } }`,
        after: null,
      },
      {
        before: `${START} DataSource f() { HikariConfig c = new HikariConfig(); c.setJdbcUrl(u); return new HikariDataSource(c); } }`,
        after: null,
      },
      {
        before:
          'import com.zaxxer.hikari.*;\nclass A { @Bean DataSource f() { var pool = new HikariDataSource(); pool.setJdbcUrl(u); pool.setMaximumPoolSize(50); return pool; } }',
        after: null,
      },
      {
        before: `${START} A() { HikariConfig config = new HikariConfig(); config.setDriverClassName(d); config.setJdbcUrl(u); this.pool = new HikariDataSource(config); } }`,
        after: null,
      },
    ],
  },
});

/** A pool that one method makes and describes, and describes without this limit. */
function checkPool(made: LeanNode, source: SourceText): RuleMatch[] {
  const name = made.parent?.type === 'variable_declarator' ? made.parent.child('name')?.text : undefined;
  const around = findAncestor(made, 'method_declaration', 'constructor_declaration');
  if (name === undefined || around === null || !hasNoArguments(made)) return [];
  const describes =
    around.text.includes(`${name}.setJdbcUrl(`) && !/ConnectionTimeout|\bProperties\b/.test(around.text);
  const isBound = annotationOf(around, 'ConfigurationProperties') !== null || passedOn(name, around);
  if (!describes || isBound || TOOL.test(source.file) || TOOL.test(around.child('name')?.text ?? ''))
    return [];
  return [
    {
      startOffset: made.start,
      endOffset: made.end,
      message: 'Whoever finds this pool used up waits 30 s: `connectionTimeout` is not set.',
      fix: null,
    },
  ];
}

/** Whether another method gets the configuration, and may set what is missing. */
function passedOn(name: string, around: LeanNode): boolean {
  const calls = new RegExp(`[\\w)]\\s*\\([^()]*\\b${name}\\b(?!\\.)[^()]*\\)`, 'g');
  return [...around.text.matchAll(calls)].some(
    (call) => !/new\s+HikariDataSource$/.test(around.text.slice(0, call.index + 1)),
  );
}
