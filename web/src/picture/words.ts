import type { Fields } from './shapes/mark';

/** Returns the class of a label in words, with its name if the label has one. */
export function classInWords({ class: value, name, caption }: Fields): string {
  const classes = (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null);
  const named = classes.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ');
  if (named === '') return typeof caption === 'string' ? `“${caption}”` : 'no class';
  return typeof name === 'string' && name !== named ? `${named} (${name})` : named;
}
