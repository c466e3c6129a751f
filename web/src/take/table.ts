/** Rows as a person takes them away. */
export interface Table {
  columns: string[];
  rows: (string | number | boolean | null)[][];
}

/**
 * Writes RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe, as OWASP recommends.
 */
export function csv({ columns, rows }: Table): string {
  return csvLines([columns, ...rows]);
}

/** Writes some rows of a table. */
export function csvLines(rows: Table['rows']): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
