import { useAnswer } from '../../api/useAnswer';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { Changes, Tabs } from './Changes';
import { type Change, changesTable } from './changes';
import { Filters, Unreadable } from './Filters';
import { DiffProvenanceDocument, type DiffProvenanceQuery } from './queries/provenance.gen';
import { type Changed, type List, type Pair, including, keepOf, listOf, listPage } from './question';

type Answer = NonNullable<DiffProvenanceQuery['at']['lineageDiff']>;
type Lists = { [Name in List]?: Answer[Name] };

const NAMES: Record<List, string> = { repinned: 'Other versions', added: 'Only of the second', removed: 'Only of the first' };

/** What only one of two versions is made from, or of which they have different versions. */
export function Provenance({ pair, params, change }: Changed & { pair: Pair }) {
  const keep = keepOf(params);
  const asked = { ...pair, keep: keep ?? null, after: params.after ?? null };
  const isUnreadable = keep === undefined;
  const answer = useAnswer(DiffProvenanceDocument, { ...asked, ...including(params) }, isUnreadable);
  const counts = countsOf(answer.data?.at.lineageDiff);
  const list = listOf(params, counts);
  return (
    <>
      <Filters params={params} change={change} />
      {isUnreadable ? (
        <Unreadable attr={params.attr} />
      ) : (
        <Block
          title="What they are made from"
          asked={answer}
          controls={counts && <Tabs list={list} counts={counts} names={NAMES} choose={(next) => change({ list: next, after: undefined })} />}
          none={({ at }) =>
            countsOf(at.lineageDiff)?.[list] === 0 ? (
              <p className="none">
                Nothing here, as of seq {pair.seq}. {common(at.lineageDiff)}
              </p>
            ) : undefined
          }
          extent={({ at }) => {
            const { isWhole, words } = extentOf(changesOf(list, at.lineageDiff).length, countsOf(at.lineageDiff)?.[list] ?? 0, undefined, pair.seq);
            return { isWhole, words: `${String(words)} · ${common(at.lineageDiff)}` };
          }}
          page={({ at }) => listPage(list, params, at.lineageDiff?.[list]?.pageInfo, countsOf(at.lineageDiff)?.[list])}
          table={({ at }) => changesTable(changesOf(list, at.lineageDiff))}
        >
          {({ at }) => (
            <Changes changes={changesOf(list, at.lineageDiff)} list={list} pageInfo={at.lineageDiff?.[list]?.pageInfo} params={params} change={change} />
          )}
        </Block>
      )}
    </>
  );
}

function common(diff: Answer | null): string {
  const count = diff?.commonCount ?? 0;
  return `${count.toLocaleString()} ${count === 1 ? 'version is' : 'versions are'} common to both`;
}

function countsOf(diff: Answer | null | undefined): Record<List, number> | undefined {
  return diff
    ? { repinned: diff.repinnedCount.totalCount, added: diff.addedCount.totalCount, removed: diff.removedCount.totalCount }
    : undefined;
}

function changesOf(list: List, diff: Lists | null): Change[] {
  switch (list) {
    case 'added':
      return diff?.added?.nodes.map((version) => ({ after: { version } })) ?? [];
    case 'removed':
      return diff?.removed?.nodes.map((version) => ({ before: { version } })) ?? [];
    case 'repinned':
      return diff?.repinned?.nodes.map(({ a, b }) => ({ before: { version: a }, after: { version: b } })) ?? [];
  }
}
