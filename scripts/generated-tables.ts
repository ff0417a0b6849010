// The parts of README.md and docs/ that come from the code's own lists.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { TOOL_COMMANDS } from '../src/cli/commands.ts';
import { markdownTable } from '../src/markdown.ts';
import { COMMON_KEYS } from '../src/proxy/fault-schema.ts';
import { FAULTS } from '../src/proxy/faults/index.ts';
import { routeFinders } from '../src/rag/routes/index.ts';
import { renderRuleTable } from '../src/review/report/rule-table.ts';
import { RULES } from '../src/review/rules/index.ts';
import { ISSUE_RULES } from '../src/scenario/drill/judge/issues/list-issues.ts';
import { listCodes } from '../src/scenario/drill/report/text.ts';
import { TOOLS } from '../src/tools/index.ts';
import type { AnyTool } from '../src/tools/tool.ts';

const ACTION = z.object({
  inputs: z.record(
    z.string(),
    z.object({
      description: z.string(),
      required: z.boolean().default(false),
      default: z.string().optional(),
    }),
  ),
});

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
const PARTS: Readonly<Record<string, () => string>> = {
  tools: () =>
    markdownTable(
      ['tool', 'what it is for'],
      TOOLS.map(({ name, description }) => [`\`${name}\``, firstSentences(description, 2)]),
    ),
  faults: () =>
    markdownTable(
      ['fault', 'what happens'],
      FAULTS.map(({ type, summary }) => [`\`${type}\``, summary]),
    ),
  frameworks: () => {
    const names = routeFinders.map(({ framework }) => framework).sort();
    return `${names.map((name) => `\`${name}\``).join(', ')}.`;
  },
  'fault-keys': () =>
    FAULTS.map(({ type, summary, keys }) => `### \`${type}\`\n\n${summary}\n\n${showKeys(keys)}`).join(
      '\n\n',
    ),
  'common-keys': () => showKeys(COMMON_KEYS),
  'tool-arguments': () => TOOLS.map(showTool).join('\n\n'),
  'action-inputs': () => {
    const { inputs } = ACTION.parse(parse(readFileSync(new URL('../action.yml', import.meta.url), 'utf8')));
    return markdownTable(
      ['input', 'default', 'meaning'],
      Object.entries(inputs).map(([name, { description, required, default: preset }]) => [
        `\`${name}\``,
        required ? '**needed**' : showDefault(preset === '' ? undefined : preset),
        description,
      ]),
    );
  },
  rules: () => renderRuleTable(RULES),
  'issue-rules': () =>
    markdownTable(
      ['issue', 'severity', 'when', 'what to do'],
      ISSUE_RULES.map(({ id, severity, condition, recommendation }) => [
        `\`${id}\``,
        severity,
        condition,
        recommendation,
      ]),
    ),
  'issue-causes': () =>
    ISSUE_RULES.filter(({ reviewRules }) => reviewRules.length > 0)
      .map(({ id, reviewRules }) => `- \`${id}\`: ${listCodes(reviewRules)}`)
      .join('\n'),
};

/** The documents, and the parts that each must hold. */
export const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'README.md': ['tools', 'faults', 'frameworks'],
  'docs/faults.md': ['common-keys', 'fault-keys'],
  'docs/tools.md': ['tool-arguments'],
  'docs/ci.md': ['action-inputs'],
  'docs/rules.md': ['rules'],
  'docs/drills.md': ['issue-rules', 'issue-causes'],
};

/**
 * Gives `text` with `parts` between their marks brought up to date.
 *
 * @throws Error when a mark is missing.
 */
export function updateParts(text: string, parts: readonly string[]): string {
  return parts.reduce((before, part) => {
    const pattern = new RegExp(`(<!-- ${part} -->\\n)[\\s\\S]*?(\\n<!-- /${part} -->)`);
    const render = PARTS[part];
    if (render === undefined || !pattern.test(before)) throw new Error(`There is no mark ${part}`);
    return before.replace(pattern, (_whole, begin: string, end: string) => begin + render() + end);
  }, text);
}

/** The first `count` sentences of `text`. */
export function firstSentences(text: string, count: number): string {
  return text
    .split(/(?<=\.)\s+/)
    .slice(0, count)
    .join(' ');
}

function showTool(tool: AnyTool): string {
  const commands = TOOL_COMMANDS.filter((command) => command.tool === tool);
  const shell = commands.map(({ example }) => `\`${example}\``).join(', ');
  const effects = tool.nature.readOnly ? ' It changes nothing.' : '';
  const lines = [`### \`${tool.name}\``, `${tool.description}${effects}`];
  if (shell !== '') lines.push(`From a shell: ${shell}.`);
  if (Object.keys(tool.input.shape).length > 0) lines.push(showKeys(tool.input.shape));
  return lines.join('\n\n');
}

const PROPERTY = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Property = z.infer<typeof PROPERTY>;

/** A table of the keys of an object: what each takes, its default, its meaning. */
function showKeys(shape: z.ZodRawShape): string {
  const schema = z.toJSONSchema(z.object(shape), { io: 'input' });
  const required = schema.required ?? [];
  const entries = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => [name, PROPERTY.parse(property)] as const,
  );
  if (entries.length === 0) return 'No keys of its own.';
  return markdownTable(
    ['key', 'takes', 'default', 'meaning'],
    entries.map(([name, property]) => [
      `\`${name}\``,
      showType(property),
      required.includes(name) ? '**needed**' : showDefault(property.default),
      property.description ?? '',
    ]),
  );
}

function showType({ type, enum: choices, minimum, exclusiveMinimum, maximum }: Property): string {
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  const least = minimum === undefined || minimum <= -Number.MAX_SAFE_INTEGER ? null : minimum;
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  const bounds = [];
  if (least !== null && most !== null) bounds.push(`${least} to ${most}`);
  else if (least !== null) bounds.push(`≥ ${least}`);
  else if (most !== null) bounds.push(`≤ ${most}`);
  if (exclusiveMinimum !== undefined) bounds.push(`> ${exclusiveMinimum}`);
  return [type ?? 'any', ...bounds].join(' ');
}

function showDefault(preset: unknown): string {
  if (preset === undefined || (Array.isArray(preset) && preset.length === 0)) return '';
  return `\`${typeof preset === 'string' ? preset : JSON.stringify(preset)}\``;
}
