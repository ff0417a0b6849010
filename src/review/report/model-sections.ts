import { inlineCode } from '../../markdown.ts';
import { tame } from '../../policy.ts';
import type { ModelSection } from '../cited-claims.ts';
import { plural, showText } from './words.ts';

/** What a model wrote from the facts, marked as such, each claim with what it cites. */
export interface ModelPart {
  /** `model at host`. */
  readonly writtenBy: string;
  readonly sections: readonly ModelSection[];
  readonly dropped: number;
}

const MAX_CLAIM_CHARACTERS = 1_200;

/** Renders a model's sections below one heading; text and citations are shown as data. */
export function renderModelPart({ writtenBy, sections, dropped }: ModelPart): string {
  const left =
    dropped === 0
      ? ''
      : ` ${plural(dropped, 'claim')} without a citation that holds ${dropped === 1 ? 'was' : 'were'} left out.`;
  const body = sections.flatMap(({ heading, claims }) => [
    `### ${showText(heading, 80)}`,
    '',
    ...claims.map(
      ({ text, cites }) =>
        `* ${showText(text, MAX_CLAIM_CHARACTERS)} (${cites.map((cite) => inlineCode(tame(cite, 120))).join(', ')})`,
    ),
    '',
  ]);
  const intro = `Written by ${inlineCode(tame(writtenBy, 120))} from the facts of this review. Each claim cites them; the figures are in the other sections.${left}`;
  return ['## In a Model’s Words', '', intro, '', ...body].join('\n').trimEnd();
}
