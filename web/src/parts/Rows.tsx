import type { ReactNode } from 'react';

interface RowsProps {
  /** Names the region, which scrolls on its own on a narrow screen. */
  label: string;
  /** The names of the columns; those of numbers end with `#`. */
  columns: string[];
  /** The rows: `<tr>` with a `<th scope="row">`. */
  children: ReactNode;
}

/** A table in its own scroll box. */
export function Rows({ label, columns, children }: RowsProps) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" className={name.endsWith('#') ? 'number' : undefined}>
                {name.replace(/#$/, '')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
