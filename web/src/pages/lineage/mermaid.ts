import type { Lineage } from './rows';

/** Above this number of rows, renderers of Mermaid become slow or refuse. */
export const MOST_MERMAID = 200;

/** Writes the lineage as a flow chart of Mermaid. */
export function mermaidOf({ rows, edges }: Lineage): string {
  const names = new Map(rows.map((row, at) => [row.key, `n${at}`]));
  const nodes = rows.map((row) => {
    const words = row.named === undefined && row.wrongCount > 0 ? `${row.name}, ${row.wrongCount.toLocaleString()} wrong` : row.name;
    const id = names.get(row.key);
    const label = quoted(`${row.named === undefined ? '' : `${row.kind} `}${words}`);
    const isWrong = row.wrongCount > 0 ? ':::wrong' : '';
    return row.named === undefined ? `  ${id}[[${label}]]${isWrong}` : `  ${id}[${label}]${isWrong}`;
  });
  const lines = edges.map(({ source, derived, role, count }) => {
    const label = quoted(count === 1 ? role : `${role} ×${count.toLocaleString()}`);
    return `  ${names.get(source)} -->|${label}| ${names.get(derived)}`;
  });
  return ['flowchart LR', ...nodes, ...lines, '  classDef wrong stroke:#b3261e,stroke-width:2px', ''].join('\n');
}

function quoted(words: string): string {
  return `"${words.replace(/[#"<>&\n]/g, (mark) => `#${mark.charCodeAt(0)};`)}"`;
}
