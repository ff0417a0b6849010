import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { hasNoArguments, importsClass, listCreations } from '../syntax/java.ts';
import { findAncestor, type SourceText } from '../syntax/source-text.ts';

const LIMITS =
  /[sS]etReadTimeout|[rR]eadTimeout\(|setConnectTimeout|RequestConfig|setRequestFactory|setResponseTimeout/;

export default defineRule({
  id: 'java-rest-template-without-timeouts',
  languages: ['java'],
  title: 'RestTemplate without time limits (Spring)',
  summary: 'A RestTemplate at its defaults waits as long as the other side likes, and holds its thread.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['org.springframework:spring-web', 'org.springframework.boot:spring-boot-starter-web'],
  shownBy: { hang: 0.9, slow_beyond_fault: 0.2, slow_recovery: 0.3 },
  advice: {
    libraryDefault:
      'spring-web: new RestTemplate() uses SimpleClientHttpRequestFactory, whose connect and read time limits are those of HttpURLConnection: 0, which is infinite.',
    source:
      'Spring docs: SimpleClientHttpRequestFactory.setReadTimeout; Java SE docs: URLConnection.setReadTimeout',
    howItMaterializes:
      'A dependency accepts and stays silent: each request that calls it keeps a thread of the server (Tomcat has 200).',
    downstreamImpact: 'All threads wait for one dependency, and the service answers nothing at all.',
    discussion:
      'Build it with RestTemplateBuilder, which takes both limits, below the deadline of the caller. RestClient is its successor and needs them just the same.',
    infrastructurePattern: 'A response timeout per route in the service mesh.',
    benefit: 'A silent dependency costs the time limit instead of a thread for good.',
    risks: 'Calls that take longer than the limit fail now: choose it from their p99.',
    monitoring: 'Busy server threads, time of outgoing calls by dependency, read timeouts.',
  },
  check({ source, project }) {
    if (LIMITS.test(source.text)) return [];
    return [...checkTemplates(source, project), ...checkFactories(source)];
  },
  examples: {
    valid: [
      'import org.springframework.web.client.RestTemplate;\nclass A { RestTemplate t(RestTemplateBuilder b) { return b.build(); } }',
      'import org.springframework.web.client.RestTemplate;\nclass A { RestTemplate t = new RestTemplate(factory); }',
      'import org.springframework.web.client.RestTemplate;\nclass A { void f() { RestTemplate t = new RestTemplate(); t.setRequestFactory(factory()); } }',
      'import org.springframework.http.client.SimpleClientHttpRequestFactory;\nclass A { void f() { var f = new SimpleClientHttpRequestFactory(); f.setConnectTimeout(1000); f.setReadTimeout(2000); } }',
      'import com.example.RestTemplate;\nclass A { RestTemplate t = new RestTemplate(); }',
      'import org.springframework.web.client.RestTemplate;\nclass A { private final RestTemplate t; A(RestTemplate t) { this.t = t; } }',
      'import org.springframework.web.client.RestTemplate;\nclass A { A(String url) { this(url, new RestTemplate()); } A(String url, RestTemplate t) { this.t = t; } }\nclass B { A a = new A(url, t); }',
      'import org.springframework.web.client.RestTemplate;\nclass A { A(String url) { this(url, new RestTemplate()); } A(String url, RestTemplate t) { this.t = t; } }\nclass B { A a = new A(settings.getUrl(), t); }',
    ],
    invalid: [
      {
        before:
          'import org.springframework.web.client.RestTemplate;\n@Configuration\nclass A { @Bean RestTemplate t() { return new RestTemplate(); } }',
        after: null,
      },
      {
        before:
          'import org.springframework.web.client.*;\nclass A { private final RestTemplate t = new RestTemplate(); }',
        after: null,
      },
      {
        before:
          'import org.springframework.http.client.SimpleClientHttpRequestFactory;\nclass A { Object f() { return new RestTemplate(new SimpleClientHttpRequestFactory()); } }',
        after: null,
      },
      {
        before:
          'import org.springframework.web.client.RestTemplate;\nclass A { A(String url) { this(url, new RestTemplate()); } A(String url, RestTemplate t) { this.t = t; } }\nclass B { A a = new A(url); }',
        after: null,
      },
      {
        before:
          'import org.springframework.web.client.RestTemplate;\nclass A { A(String url) { this(url, new RestTemplate()); } A(String url, RestTemplate t) { this.t = t; } }\nclass B { A a = new A("http://orders"); }',
        after: null,
      },
      {
        before:
          'import org.springframework.web.client.RestTemplate;\nclass A { A(String url) { this(url, new RestTemplate()); } A(String url, RestTemplate t) { this.t = t; } }\nclass B { A a = new A(settings.getUrl()); }',
        after: null,
      },
    ],
  },
});

function checkTemplates(source: SourceText, project: ProjectFacts): RuleMatch[] {
  if (!importsClass(source, 'org.springframework.web.client.RestTemplate')) return [];
  return listCreations(source, 'RestTemplate')
    .filter((made) => hasNoArguments(made) && !isOfUnusedConstructor(made, project))
    .map(toMatch);
}

/**
 * Whether the template is what a constructor with one parameter or none hands to another of its class, `this(url, new
 * RestTemplate())`, and nobody calls it: each `new` of the class gives more, and neither Spring nor a subclass makes it.
 */
function isOfUnusedConstructor(made: LeanNode, project: ProjectFacts): boolean {
  const handed = findAncestor(made, 'explicit_constructor_invocation', 'block');
  const around = findAncestor(made, 'constructor_declaration');
  const name = around?.child('name')?.text;
  const given = around?.child('parameters')?.children ?? [];
  if (handed?.text.startsWith('this(') !== true || name === undefined || given.length > 1) return false;
  if (findAncestor(made, 'class_declaration')?.childOfType('modifiers')?.text.includes('@') === true)
    return false;
  if ([`new ${name}()`, `new ${name}("`, `${name}::new`, `extends ${name}`].some(project.holds)) return false;
  const firsts = project.wordsAfter(`new ${name}(`);
  return (
    firsts.length > 0 &&
    firsts.every((one) => [`${one}, `, `${one}(), `].some((begin) => project.holds(`new ${name}(${begin}`)))
  );
}

function checkFactories(source: SourceText): RuleMatch[] {
  if (!importsClass(source, 'org.springframework.http.client.SimpleClientHttpRequestFactory')) return [];
  return listCreations(source, 'SimpleClientHttpRequestFactory').map(toMatch);
}

function toMatch(made: LeanNode): RuleMatch {
  return {
    startOffset: made.start,
    endOffset: made.end,
    message: `\`${made.text}\` has no limit to connect, and none to read.`,
    fix: null,
  };
}
