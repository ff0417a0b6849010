import type { inputRequired } from '@modelcontextprotocol/server';

type Form = Parameters<typeof inputRequired.elicit>[0]['requestedSchema'];

/** A default for each type (SEP-1034). */
export const DEFAULTS: Form = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const choices = (word: string) =>
  [1, 2, 3].map((place) => ({ const: `value${place}`, title: `${word} ${place}` }));
const OPTIONS = ['option1', 'option2', 'option3'];

/** Each way to choose (SEP-1330). */
export const CHOICES: Form = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: OPTIONS },
    titledSingle: { type: 'string', oneOf: choices('Option') },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
    titledMulti: { type: 'array', items: { anyOf: choices('Choice') } },
  },
};
