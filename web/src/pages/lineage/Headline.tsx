import { Fragment } from 'react';

import { kindWords } from '../../parts/words/kind';
import { counted } from '../../parts/words/counted';
import type { Changed } from './Controls';
import type { LineageQuery } from './query.gen';

export type Totals = NonNullable<LineageQuery['at']['lineageSummary']>;

interface HeadlineProps extends Changed {
  totals: Totals;
}

/** How much there is, before anything of it is shown. */
export function Headline({ totals: { total, groups, info }, params, change }: HeadlineProps) {
  return (
    <p>
      {!info.complete && 'At least '}
      <strong>{counted(total.versionCount, 'version')}</strong>
      {groups.nodes.length > 0 && ' ('}
      {groups.nodes.map(({ kind, versionCount }, at) => (
        <Fragment key={kind}>
          {at > 0 && ' · '}
          {versionCount.toLocaleString()} {kindWords(kind, versionCount)}
        </Fragment>
      ))}
      {groups.nodes.length > 0 && ')'},{' '}
      {total.wrongCount === 0 ? (
        'none of them wrong.'
      ) : (
        <button type="button" aria-pressed={params.open === 'wrong'} onClick={() => change({ open: 'wrong', sel: undefined, after: undefined })}>
          {total.wrongCount.toLocaleString()} wrong
        </button>
      )}
      {!info.complete && <span className="quiet"> {REASONS[info.incompleteReason ?? ''] ?? 'One request could not count everything.'}</span>}
    </p>
  );
}

const REASONS: Record<string, string> = {
  DEPTH: 'It continues beyond the number of steps.',
  EDGES: 'One request may not follow more edges.',
  NODES: 'One request may not visit more versions.',
  TIME: 'The time of the request was over.',
};
