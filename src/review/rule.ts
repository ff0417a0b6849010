import type { LanguageName } from '../rag/languages.ts';
import type { Priority, Severity } from '../types-code.ts';
import type { SymptomKind } from './evidence/symptom.ts';
import type { SourceText } from './syntax/source-text.ts';

export type Effort = 'low' | 'medium' | 'high';

/** A change of the text of the file in which the match was found. */
export interface TextEdit {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly text: string;
}

export interface RuleFix {
  readonly summary: string;
  readonly edits: readonly TextEdit[];
}

/** One place where a rule's harm is present; offsets are UTF-16 units. */
export interface RuleMatch {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly message: string;
  /** `null`: no change is safe without further reading. */
  readonly fix: RuleFix | null;
  /** There is no harm when all functions of the project with these names catch what fails in them. */
  readonly rejectedBy?: readonly string[];
  /** Its harm is felt where functions of this name are called, such as those that send over what is made here. */
  readonly feltAt?: string;
  /** Whether it is harm hangs on what cannot be seen: without a measurement that speaks for it, it is a lead. */
  readonly leadUntilMeasured?: boolean;
  /** It is one call, and only who waits for it feels the harm; what a call makes (a client, a pool) is none. */
  readonly ofOneCall?: boolean;
}

/** What a rule may know of the project beyond the file. */
export interface ProjectFacts {
  /** Resolved version of a package as the file would get it; `null`: unknown. */
  readonly versionOf: (packageName: string) => string | null;
  /** Packages that the file's own package.json declares for running; empty: unknown. */
  readonly declared: readonly string[];
  /** Whether the file runs in a page, or only files that do import it. */
  readonly ofPage: boolean;
  /** Whether some file of the project, in the same family of languages, holds this text. */
  readonly holds: (text: string) => boolean;
  /** The same of the files below the folder of the service that this file is part of, those of pages aside. */
  readonly holdsNearby: (text: string) => boolean;
  /** How often a global pattern is found in the files that `holdsNearby` looks at, leaving out those that `without` is found in. */
  readonly countNearby: (pattern: RegExp, without: RegExp) => number;
  /** Whether one file of those that `holds` looks at has all of these texts. */
  readonly holdsTogether: (texts: readonly string[]) => boolean;
  /** The words that follow a text in the files that `holds` looks at, each once, in order of the alphabet. */
  readonly wordsAfter: (text: string) => readonly string[];
  /** What the first group of a global pattern captures in the files that `holds` looks at, each once, sorted. */
  readonly capturesOf: (pattern: RegExp) => readonly string[];
}

export interface RuleContext {
  readonly source: SourceText;
  readonly project: ProjectFacts;
}

/** What the rule says about its fix and its harm, for the report. */
export interface RuleAdvice {
  /** What the library does when nothing is said, for which versions, and where that is written. */
  readonly libraryDefault: string;
  readonly source: string;
  readonly howItMaterializes: string;
  readonly downstreamImpact: string;
  /** As one would say it in a pull request. */
  readonly discussion: string;
  readonly infrastructurePattern: string;
  readonly benefit: string;
  readonly risks: string;
  readonly monitoring: string;
}

export interface ValidExample {
  readonly code: string;
  readonly language?: LanguageName;
  readonly versions?: Readonly<Record<string, string>>;
}

export interface InvalidExample {
  readonly before: string;
  /** `null`: the rule reports here without a fix. */
  readonly after: string | null;
  readonly language?: LanguageName;
  readonly versions?: Readonly<Record<string, string>>;
}

/** A tree-sitter query of the user's own; its capture `@finding` is the place. */
export interface OwnQuery {
  readonly text: string;
  /** `{name}` stands for the text of the capture `@name`. */
  readonly message: string;
}

/** A static resilience rule: the harm, its proof in words, and how to find and mend it. */
export interface Rule {
  /** States what is wrong, e.g. `js-fetch-without-timeout`. */
  readonly id: string;
  readonly languages: readonly LanguageName[];
  /** What is wrong, as a headline. */
  readonly title: string;
  /** The harm, in one sentence. */
  readonly summary: string;
  readonly severity: Severity;
  readonly priority: Priority;
  readonly complexity: Effort;
  readonly cost: Effort;
  /** Packages whose version a finding names. */
  readonly packages: readonly string[];
  /** Only who waits for an operation feels the harm: places that no operation reaches are no findings. */
  readonly onlyInOperations?: boolean;
  /** What it finds is made as the process starts, and all operations depend on it: those that seem to lead there do not. */
  readonly ofStart?: boolean;
  /** It speaks of a service as a whole, and so once for each. */
  readonly ofService?: boolean;
  /** How strongly each symptom of a run speaks for this rule's harm, 0 to 1. */
  readonly shownBy: Readonly<Partial<Record<SymptomKind, number>>>;
  readonly advice: RuleAdvice;
  readonly check: (context: RuleContext) => readonly RuleMatch[];
  /** For a rule of the user's own: finds by a tree-sitter query instead of `check`. */
  readonly query?: OwnQuery;
  readonly examples: {
    readonly valid: readonly (string | ValidExample)[];
    readonly invalid: readonly InvalidExample[];
  };
}

/** What is known of rules beside what they say. */
export interface RuleStanding {
  /** The user wrote it: what it finds is a finding wherever it lies. */
  readonly isOwn: (ruleId: string) => boolean;
  /** Whether its matches are findings without a measurement, where an operation is known to reach them or elsewhere. */
  readonly isTrusted: (ruleId: string, isReached: boolean) => boolean;
}

/** Gives a rule its type. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
