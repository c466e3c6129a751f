import type { ReactNode } from 'react';

interface HeaderProps {
  /** The right end. */
  children: ReactNode;
}

/** The name, which leads to the pages, and one line that says what this is. */
export function Header({ children }: HeaderProps) {
  return (
    <header className="header">
      <h1 className="header-name">
        <a href="./">
          <Tree />
          stemma
        </a>
      </h1>
      <p className="header-line">
        What every version was made from, and which training sets hold a label that was wrong.
      </p>
      {children}
    </header>
  );
}

/** One ancestor and two descendants, one of them corrected. */
function Tree() {
  return (
    <svg className="header-tree" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 9 L8 23 M16 9 L24 23" />
      <circle cx="16" cy="7" r="4" />
      <circle cx="7" cy="25" r="4" />
      <circle className="header-tree-corrected" cx="25" cy="25" r="3.5" />
    </svg>
  );
}
