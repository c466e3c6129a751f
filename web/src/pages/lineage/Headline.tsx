import type { Asked } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { counted } from '../../parts/counted';
import { Block } from '../../states/Block';
import type { Changed } from './Controls';
import { readFilter } from './filter';
import type { LineageSummaryQuery } from './query.gen';
import { kindWords } from './words';

interface HeadlineProps extends Changed {
  asked: Asked<LineageSummaryQuery>;
}

/** How much there is, before anything of it is shown. */
export function Headline({ asked, params, change }: HeadlineProps) {
  const { seq } = useMoment();
  const isKept = readFilter(params.keep) !== null;
  return (
    <Block
      title="In total"
      asked={asked}
      extent={({ at }) =>
        at.lineageSummary?.info.complete === false
          ? { isWhole: false, words: `There is more than was counted: ${REASONS[at.lineageSummary.info.incompleteReason ?? ''] ?? 'one request is not enough'} · seq ${seq}` }
          : { isWhole: true, words: `whole answer · seq ${seq}` }
      }
      table={({ at }) => ({
        columns: ['kind', 'versionCount', 'wrongCount'],
        rows: (at.lineageSummary?.groups.nodes ?? []).map((group) => [group.kind, group.versionCount, group.wrongCount]),
      })}
    >
      {({ at }) => {
        if (at.lineageSummary === null) return null;
        const { total, groups, info } = at.lineageSummary;
        return (
          <p>
            {!info.complete && 'At least '}
            <strong>{counted(total.versionCount, 'version')}</strong>
            {isKept && ' of those shown'}
            {groups.nodes.length > 0 &&
              ` (${groups.nodes.map((group) => `${group.versionCount.toLocaleString()} ${kindWords(group.kind, group.versionCount)}`).join(' · ')})`}
            ,{' '}
            {total.wrongCount === 0 ? (
              'none of them wrong'
            ) : (
              <button type="button" aria-pressed={params.open === 'wrong'} onClick={() => change({ open: 'wrong', sel: undefined, after: undefined })}>
                {total.wrongCount.toLocaleString()} wrong
              </button>
            )}
            .
          </p>
        );
      }}
    </Block>
  );
}

const REASONS: Record<string, string> = {
  DEPTH: 'it continues beyond the number of steps',
  EDGES: 'one request may not follow more edges',
  NODES: 'one request may not visit more versions',
  TIME: 'the time of the request was over',
};
