/** The nouns of code and review: symbols and routes, findings with their evidence, patches and verifications. */
import type { HttpMethod } from './types.ts';
import type { ItemChange } from './types-run.ts';

/** Lines of a file below the workspace; both ends count, the first line is 1. */
export interface CodeRange {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
}

export type SymbolKind = 'function' | 'method' | 'class' | 'interface' | 'variable' | 'module';

export interface CodeSymbol extends CodeRange {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Enclosing class or function, outermost first, joined by `.`; empty at the top level. */
  readonly parent: string;
  readonly language: string;
}

export interface Route {
  readonly framework: string;
  readonly method: HttpMethod | 'ANY';
  /** Path template with `{name}` for parameters, prefixes included. */
  readonly path: string;
  readonly operationId: string | null;
  readonly handler: CodeRange;
  /** `null`: an inline function. */
  readonly handlerName: string | null;
  /** Where the route is declared, when that is not at the handler. */
  readonly declaredAt: CodeRange;
}

export interface HandlerMatch {
  readonly route: Route;
  /** 0 to 1. */
  readonly confidence: number;
  readonly why: string;
}

export interface SearchHit extends CodeRange {
  readonly symbol: string | null;
  readonly score: number;
  readonly why: string;
  readonly excerpt: string;
}

/** HTTP client, database engine or pool that code uses. */
export interface ClientUse extends CodeRange {
  readonly library: string;
  /** From the lock file, else the manifest's range; `null`: unknown. */
  readonly version: string | null;
  readonly call: string;
  /** As written, e.g. `timeout=5`; `null`: none given. */
  readonly timeout: string | null;
}

// ---- Review -----------------------------------------------------------------------------------------------

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export type Priority = 'critical' | 'recommended' | 'nice-to-have';

/** Text to put in place of `[startOffset, endOffset)`, UTF-16 units of the file as read. */
export interface Edit {
  readonly file: string;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly text: string;
}

export interface Finding {
  readonly id: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly place: CodeRange;
  readonly excerpt: string;
  readonly symbol: string | null;
  /** Operations (`GET /orders/{id}`) whose handler reaches this place. */
  readonly reachedFrom: readonly string[];
  readonly evidence: readonly Evidence[];
  /** `null`: the rule knows no fix that is safe without further reading. */
  readonly fix: Fix | null;
}

export interface Fix {
  readonly summary: string;
  readonly edits: readonly Edit[];
  /** SHA-256 of each edited file as it was read; offsets are only good for that text. */
  readonly base: Readonly<Record<string, string>>;
}

/** A measurement that speaks for a finding; `itemId` and `runId` name it. */
export interface Evidence {
  readonly runId: string;
  readonly itemId: string;
  readonly symptom: string;
  readonly figures: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface PatchedFile {
  readonly file: string;
  /** `null`: the file is new. */
  readonly baseSha256: string | null;
  /** `null`: the file is deleted. */
  readonly newText: string | null;
}

export interface Patch {
  readonly id: string;
  readonly title: string;
  readonly files: readonly PatchedFile[];
  /** Unified diff with `a/` and `b/` paths that `git apply` accepts. */
  readonly diff: string;
  /** Consent and verification are given to this hash of `diff`. */
  readonly sha256: string;
  readonly checks: readonly PatchCheck[];
  readonly findingIds: readonly string[];
  readonly createdAt: string;
}

export interface PatchCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

export type VerificationVerdict = 'fixed' | 'improved' | 'unchanged' | 'regressed' | 'inconclusive';

export interface Verification {
  readonly id: string;
  readonly patchId: string;
  readonly beforeRunId: string;
  readonly afterRunId: string;
  readonly verdict: VerificationVerdict;
  readonly reason: string;
  readonly changes: readonly ItemChange[];
}
