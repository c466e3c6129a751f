import type { Asked } from '../../../api/useAnswer';
import type { Changed } from '../Controls';
import styles from '../Page.module.css';
import type { LineageQuery } from '../query.gen';
import type { variablesOf } from '../question';
import type { Lineage } from '../rows';
import { Chosen } from './Chosen';
import { Group } from './Group';
import { Wrong } from './Wrong';

export interface SideProps extends Changed {
  lineage: Lineage;
  variables: ReturnType<typeof variablesOf>;
  /** The answer with the list, if it came with the lineage. */
  first: Asked<LineageQuery> | undefined;
}

/** What is looked at more closely: the versions of a group, those that are wrong, and the paths to one version. */
export function Side(props: SideProps) {
  const { sel, open } = props.params;
  const isVersion = sel?.startsWith('version:') === true;
  if (!isVersion && open === undefined) return null;
  return (
    <div className={styles.side}>
      {isVersion && <Chosen {...props} />}
      {open === 'wrong' ? <Wrong {...props} /> : open !== undefined && <Group {...props} group={open} />}
    </div>
  );
}
