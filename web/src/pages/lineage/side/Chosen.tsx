import { Link } from 'wouter';

import { kindWords } from '../../../parts/words/kind';
import { useAsOf } from '../../../moment/moment';
import { counted } from '../../../parts/words/counted';
import { Statements } from '../../../parts/Statements';
import { VersionLink } from '../../../parts/links/VersionLink';
import { Block } from '../../../states/Block';
import { address, reference } from '../../../url/reference';
import styles from '../Page.module.css';
import { Close } from './Group';
import type { SideProps } from './Side';
import { usePaths } from './useHighlight';

/** The chosen version, and how it is connected with the start. */
export function Chosen({ variables: { seq }, params, change }: SideProps) {
  const asOf = useAsOf();
  const asked = usePaths(params);
  return (
    <Block
      title="How it is connected"
      asked={asked}
      controls={<Close close={() => change({ sel: undefined })} />}
      extent={({ at }) => {
        const count = at.pathsBetween?.paths.length ?? 0;
        return at.pathsBetween?.exhaustive === true
          ? { isWhole: true, words: `${counted(count, 'path')} · whole answer · seq ${seq}` }
          : { isWhole: false, words: `The ${counted(count, 'shortest path')}: there may be more · seq ${seq}` };
      }}
      table={({ at }) => ({
        columns: ['path', 'step', 'version', 'wrong'],
        rows: (at.pathsBetween?.paths ?? []).flatMap(({ versions }, path) =>
          versions.map((version, step) => [path + 1, step, reference(version), version.wrong]),
        ),
      })}
    >
      {({ at }) => (
        <>
          {at.version && (
            <>
              <p>
                <VersionLink of={at.version} /> <span className="quiet">{kindWords(at.version.item.kind)}</span>{' '}
                {at.version.wrong ? <span className="mark wrong">WRONG</span> : at.version.isHead && <span className="mark fixed">current</span>}
              </p>
              <Statements of={at.version.statements} />
              <p>
                <Link href={address('lineage', { of: reference(at.version), dir: params.dir === 'up' ? undefined : params.dir, asOf })}>
                  Start from here
                </Link>
              </p>
            </>
          )}
          {at.pathsBetween?.paths.map(({ length, versions }) => (
            <div key={versions.map(({ hash }) => hash).join()}>
              <h3 className="quiet">{counted(length, 'step')}, from the source</h3>
              <ol className={styles.path}>
                {versions.map((version) => (
                  <li key={version.hash}>
                    <VersionLink of={version} /> {version.wrong && <span className="mark wrong">WRONG</span>}
                  </li>
                ))}
              </ol>
            </div>
          ))}
        </>
      )}
    </Block>
  );
}
