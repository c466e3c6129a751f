import { VersionLink } from '../../../parts/VersionLink';
import type { Named } from '../../../url/reference';
import type { Changed } from '../Controls';
import styles from '../Page.module.css';

interface VersionsProps extends Changed {
  versions: (Named & { hash: string; wrong: boolean })[];
}

/** Versions as a list, each with its paths to the start. */
export function Versions({ versions, params, change }: VersionsProps) {
  return (
    <ul className={styles.list}>
      {versions.map((version) => (
        <li key={version.hash}>
          <VersionLink of={version} />
          {version.wrong && <span className="mark wrong">WRONG</span>}
          <button
            type="button"
            aria-pressed={params.sel === version.hash}
            aria-label={`paths of ${version.item.key}#${version.number}`}
            onClick={() => change({ sel: version.hash })}
          >
            paths
          </button>
        </li>
      ))}
    </ul>
  );
}
