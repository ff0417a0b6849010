import type { JsonRecord } from '../openapi/json.ts';

/** Makes a number within a schema's bounds: 1 where that fits, since ids begin there; `variant` makes another. */
export function sampleNumber(schema: JsonRecord, variant: number): number {
  const whole = schema.type === 'integer' || (Array.isArray(schema.type) && schema.type.includes('integer'));
  const step = numberOf(schema.multipleOf) ?? (whole ? 1 : null);
  const { least, most } = boundsOf(schema, step ?? 0.5);
  const base = Math.min(Math.max(1, least), most);
  const wanted =
    base + variant * (step ?? 1) <= most ? base + variant * (step ?? 1) : base - variant * (step ?? 1);
  if (step === null || step <= 0) return wanted;
  const rounded = Math.ceil(wanted / step - 1e-9) * step;
  const fitting = rounded > most ? Math.floor(most / step + 1e-9) * step : rounded;
  // 3 × 0.1 is 0.30000000000000004 in binary fractions.
  return Number(fitting.toPrecision(12));
}

/** 3.0 writes `exclusiveMinimum: true` beside `minimum`, 3.1 the bound itself. */
function boundsOf(schema: JsonRecord, step: number): { readonly least: number; readonly most: number } {
  const minimum = numberOf(schema.minimum);
  const maximum = numberOf(schema.maximum);
  const above = numberOf(schema.exclusiveMinimum) ?? (schema.exclusiveMinimum === true ? minimum : null);
  const below = numberOf(schema.exclusiveMaximum) ?? (schema.exclusiveMaximum === true ? maximum : null);
  const gap = above !== null && below !== null ? Math.min(step, (below - above) / 2) : step;
  return {
    least: Math.max(
      minimum ?? Number.NEGATIVE_INFINITY,
      above === null ? Number.NEGATIVE_INFINITY : above + gap,
    ),
    most: Math.min(
      maximum ?? Number.POSITIVE_INFINITY,
      below === null ? Number.POSITIVE_INFINITY : below - gap,
    ),
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
