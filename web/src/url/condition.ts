import type { AttributeFilter } from '../schema.gen';

/** A condition on an attribute, as the address writes it: `class:in:3,5`, `score:atLeast:0.5`, `seen:exists`. */
export interface Condition {
  /** The names from the outside in. */
  path: string[];
  test: Test;
  values: unknown[];
}

const TESTS = ['in', 'atLeast', 'above', 'atMost', 'below', 'exists', 'missing'] as const;
type Test = (typeof TESTS)[number];

/** Writes conditions of which all must hold. */
export const writeConditions = (conditions: Condition[]): string => conditions.map(writeCondition).join(';');

export function writeCondition({ path, test, values }: Condition): string {
  const name = path.map((part) => part.replaceAll(/[\\.:;"]/g, '\\$&')).join('.');
  if (test === 'exists' || test === 'missing') return `${name}:${test}`;
  const plain = values.every((value) => typeof value !== 'string' || isPlain(value));
  const texts = values.map((value) => (typeof value === 'string' && plain ? value : JSON.stringify(value)));
  return `${name}:${test}:${texts.join(',')}`;
}

/** Returns true for texts that are read as themselves without quotes. */
function isPlain(text: string): boolean {
  return text !== '' && text === text.trim() && !/[",;[\]{}\\]/.test(text) && !isJson(text);
}

/** Reads what {@link writeConditions} writes, and what people type; null if it is no list of conditions. */
export function readConditions(text: string): Condition[] | null {
  const parts = splitOutside(text, ';').map((part) => part.trim());
  const conditions = parts.filter((part) => part !== '').map(readCondition);
  return conditions.includes(null) ? null : (conditions as Condition[]);
}

function readCondition(text: string): Condition | null {
  const [name = '', given = '', ...rest] = splitOutside(text, ':', 3);
  const path = readPath(name.trim());
  if (path.some((part) => part === '')) return null;
  const test = TESTS.find((known) => known === given.trim());
  if (test === undefined) return null;
  if (test === 'exists' || test === 'missing') return rest.length === 0 ? { path, test, values: [] } : null;
  const written = rest[0]?.trim() ?? '';
  return written === '' ? null : { path, test, values: readValues(written) };
}

/** Reads the path of an attribute: names with dots between them. */
export function readPath(text: string): string[] {
  return splitOutside(text, '.').map((part) => part.replaceAll(/\\(.)/g, '$1'));
}

function readValues(text: string): unknown[] {
  if (isJson(`[${text}]`)) return JSON.parse(`[${text}]`) as unknown[];
  return splitOutside(text, ',').map((value) => (isJson(value) ? (JSON.parse(value) as unknown) : value.trim()));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Splits at a mark that is neither escaped with `\` nor in double quotes, into at most `most` parts. */
function splitOutside(text: string, mark: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') {
      parts[parts.length - 1] += char + text.charAt(at + 1);
      at += 1;
    } else if (char === mark && !isQuoted && parts.length < most) {
      parts.push('');
    } else {
      if (char === '"') isQuoted = !isQuoted;
      parts[parts.length - 1] += char;
    }
  }
  return parts;
}

/** Returns the filter of the API. A number also finds the text with its digits, because tools write either. */
export function filterOf({ path, test, values }: Condition): AttributeFilter {
  const name = path.map((part) => part.replaceAll(/[\\.]/g, '\\$&')).join('.');
  if (test === 'exists' || test === 'missing') return { path: name, exists: test === 'exists' };
  if (test !== 'in') return { path: name, [test]: values[0] };
  return { path: name, in: values.flatMap((value) => (typeof value === 'number' ? [value, String(value)] : [value])) };
}
