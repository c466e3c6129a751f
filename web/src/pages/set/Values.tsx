import { brief } from '../../parts/values/brief';
import type { FiltersProps } from './Filters';
import styles from './Page.module.css';
import { BY, writeWhere } from './params';

/** The commonest values of an attribute among the members, such as their classes, each with its number: they filter. */
export function Values({ set, params, change }: FiltersProps) {
  const groups = set.values?.groups;
  const values = groups?.nodes.filter((group) => group.values[0]?.exists) ?? [];
  if (groups === undefined || values.length === 0) return null;
  return (
    <p className={styles.values}>
      <span className="quiet">{params.by || BY}</span>
      {values.map(({ values: [found], versionCount, wrongCount }) => {
        const where = writeWhere(found?.path ?? '', found?.value);
        const isChosen = where === params.where;
        return (
          <button key={where} type="button" aria-pressed={isChosen} onClick={() => change({ where: isChosen ? undefined : where, after: undefined })}>
            {brief(found?.value, 24)} <span className="quiet">{versionCount.toLocaleString()}</span>
            {wrongCount > 0 && <span className={styles.wrong}> {wrongCount.toLocaleString()} wrong</span>}
          </button>
        );
      })}
      {groups.totalCount > groups.nodes.length && <span className="quiet">and {(groups.totalCount - groups.nodes.length).toLocaleString()} more</span>}
      <button type="button" onClick={() => change({ tab: 'classes' })}>
        by split
      </button>
    </p>
  );
}
