import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { hasNoArguments, importsClass, listCalls } from '../syntax/java.ts';
import { findAncestor, type SourceText } from '../syntax/source-text.ts';

/** A single thread keeps an order, or runs one loop: whose queue grows is not to be told from its making. */
const MAKERS = ['newFixedThreadPool', 'newCachedThreadPool'];
/** Beans that serve requests, and hand their work on. */
const SERVING = /@(RestController|Controller|Service|Configuration|Path)\b/;
const HANDING_ON = /\.(submit|execute|invokeAll|supplyAsync|runAsync)\(|@Bean\b/;

export default defineRule({
  id: 'java-executor-with-unbounded-queue',
  languages: ['java'],
  title: 'Executor without a bound',
  summary: 'When its work slows down, the queue (or the number of threads) grows until memory runs out.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: [],
  shownBy: { slow_beyond_fault: 0.4, slow_recovery: 0.6 },
  advice: {
    libraryDefault:
      'java.util.concurrent: newFixedThreadPool has an unbounded LinkedBlockingQueue, newCachedThreadPool an unbounded number of threads.',
    source: 'Java SE docs: Executors, LinkedBlockingQueue',
    howItMaterializes:
      'A dependency slows down, tasks come in as before, and each waits longer than the one before.',
    downstreamImpact: 'Work is done long after its caller has left; then OutOfMemoryError.',
    discussion:
      'A ThreadPoolExecutor with an ArrayBlockingQueue and a rejection policy says no early; what it says no to becomes 503.',
    infrastructurePattern: 'A limit on requests in flight at the load balancer.',
    benefit: 'Overload is answered at once instead of being stored.',
    risks: 'Bursts that fitted into memory are rejected: size the queue from rate and time.',
    monitoring: 'Queue length, rejected tasks, time in the queue.',
  },
  check({ source }) {
    if (!importsClass(source, 'java.util.concurrent.Executors') && !/ThreadPoolExecutor/.test(source.text))
      return [];
    const made =
      SERVING.test(source.text) && HANDING_ON.test(source.text) ? listCalls(source, ...MAKERS) : [];
    return [...made, ...queuesOf(source)].map(checkMaker).filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import java.util.concurrent.*;\nclass A { Executor e = new ThreadPoolExecutor(4, 4, 0, SECONDS, new ArrayBlockingQueue<>(100)); }',
      'import java.util.concurrent.Executors;\nclass A { ExecutorService e = Executors.newVirtualThreadPerTaskExecutor(); }',
      'import java.util.concurrent.Executors;\nclass A { ScheduledExecutorService e = Executors.newSingleThreadScheduledExecutor(); }',
      'import java.util.concurrent.*;\nclass A { Executor e = new ThreadPoolExecutor(4, 4, 0, SECONDS, new LinkedBlockingQueue<>(50)); }',
      'import java.util.concurrent.Executors;\nclass A { public static void main(String[] args) { var e = Executors.newFixedThreadPool(4); } }',
      'import java.util.concurrent.Executors;\n@Service\nclass A { ExecutorService loop = Executors.newSingleThreadExecutor(); void f() { loop.submit(this::poll); } }',
      'import java.util.concurrent.Executors;\n@Service\nclass A { void f() { ExecutorService e = Executors.newFixedThreadPool(4); e.submit(task); e.shutdown(); } }',
      'import com.example.Executors;\nclass A { Object e = Executors.newFixedThreadPool(4); }',
    ],
    invalid: [
      {
        before:
          'import java.util.concurrent.Executors;\n@Service\nclass A { private final ExecutorService e = Executors.newFixedThreadPool(8); void f() { e.submit(task); } }',
        after: null,
      },
      {
        before:
          'import java.util.concurrent.*;\n@Configuration\nclass A { @Bean ExecutorService e() { return Executors.newCachedThreadPool(); } }',
        after: null,
      },
      {
        before:
          'import java.util.concurrent.*;\nclass A { Executor e = new ThreadPoolExecutor(4, 8, 60, SECONDS, new LinkedBlockingQueue<>()); }',
        after: null,
      },
    ],
  },
});

/** Queues without a capacity that are handed to a pool. */
function queuesOf(source: SourceText): LeanNode[] {
  return source.nodes('object_creation_expression').filter((made) => {
    const type = (made.child('type')?.text ?? '').replace(/<.*$/s, '');
    const pool = findAncestor(made, 'object_creation_expression');
    return (
      type === 'LinkedBlockingQueue' &&
      hasNoArguments(made) &&
      /ThreadPoolExecutor\b/.test(pool?.child('type')?.text ?? '')
    );
  });
}

function checkMaker(made: LeanNode): RuleMatch | null {
  const method = findAncestor(made, 'method_declaration');
  // A program that ends by itself holds as much as its input.
  if (method?.child('name')?.text === 'main') return null;
  // Made for the work of one call, which ends it.
  if (findAncestor(made, 'local_variable_declaration') !== null) return null;
  if (made.type === 'method_invocation' && made.child('object')?.text !== 'Executors') return null;
  const cached = made.child('name')?.text === 'newCachedThreadPool';
  return {
    startOffset: made.start,
    endOffset: made.end,
    message: cached ? 'The number of threads has no limit here.' : 'The queue of this executor has no limit.',
    fix: null,
    ofOneCall: true,
  };
}
