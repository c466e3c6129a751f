import { VersionLink } from '../../../parts/links/VersionLink';
import { type Named, shortName } from '../../../url/reference';
import type { Changed } from '../Controls';
import styles from '../Page.module.css';

interface VersionsProps extends Changed {
  versions: (Named & { hash: string; wrong: boolean })[];
}

/** Versions as a list, each with its paths to the start. */
export function Versions({ versions, params, change }: VersionsProps) {
  return (
    <div className={styles.box} tabIndex={0} role="region" aria-label="List of versions">
      <ul className={styles.list}>
        {versions.map((version) => (
          <li key={version.hash}>
            <VersionLink of={version} />
            {version.wrong && <span className="mark wrong">WRONG</span>}
            <button
              type="button"
              aria-pressed={params.sel === version.hash}
              onClick={() => change({ sel: version.hash })}
            >
              paths<span className="hidden"> of {shortName(version)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
