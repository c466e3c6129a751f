import type { ReactNode } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { Changes, Tabs } from './Changes';
import { type Change, changesTable } from './changes';
import { DiffMembersDocument, type DiffMembersQuery } from './queries/members.gen';
import { DiffSplitDocument } from './queries/split.gen';
import { type Changed, type List, type Pair, including, listOf, listPage } from './question';
import { Split, Summary } from './Summary';

type Answer = NonNullable<DiffMembersQuery['at']['trainingSetDiff']>;
/** The lists of an answer; one that was not asked for is absent. */
type Lists = { [Name in 'added' | 'removed' | 'repinned']?: Answer[Name] };

const NAMES: Record<List, string> = { repinned: 'Re-pinned', added: 'Added', removed: 'Removed' };

/** The members that only one of two sets has, or has otherwise. */
export function Members({ pair, params, change }: Changed & { pair: Pair }) {
  const { by, split, after } = params;
  const asked = { ...pair, paths: by === '' ? [] : [by], after: after ?? null };
  const first = useAnswer(DiffMembersDocument, { ...asked, ...including(params.list ?? 'repinned') });
  const counts = countsOf(first.data?.at.trainingSetDiff);
  const list = listOf(params.list, counts);
  const answer = useAnswer(DiffMembersDocument, { ...asked, ...including(list) });
  const splits = <Split answer={first} params={params} change={change} />;
  return (
    <>
      {split === undefined ? (
        <Block
          title="Members"
          asked={answer}
          controls={
            <>
              {counts && <Tabs list={list} counts={counts} names={NAMES} choose={(next) => change({ list: next, after: undefined })} />}
              {splits}
            </>
          }
          none={({ at }) => (countsOf(at.trainingSetDiff)?.[list] === 0 ? <Nothing list={list} seq={pair.seq} /> : undefined)}
          extent={({ at }) => {
            const diff = at.trainingSetDiff;
            return extentOf(changesOf(list, diff).length, countsOf(diff)?.[list] ?? 0, undefined, pair.seq);
          }}
          page={({ at }) => listPage(at.trainingSetDiff?.[list]?.pageInfo, countsOf(at.trainingSetDiff)?.[list])}
          table={({ at }) => changesTable(changesOf(list, at.trainingSetDiff))}
        >
          {({ at }) => (
            <Changes
              changes={changesOf(list, at.trainingSetDiff)}
              pageInfo={at.trainingSetDiff?.[list]?.pageInfo}
              params={params}
              change={change}
            />
          )}
        </Block>
      ) : (
        <OneSplit pair={pair} split={split} splits={splits} params={params} change={change} />
      )}
      <Summary answer={first} params={params} change={change} />
    </>
  );
}

/** The versions of one split. What was re-pinned is one removed and one added version here. */
function OneSplit({ pair, split, splits, params, change }: Changed & { pair: Pair; split: string; splits: ReactNode }) {
  const { after } = params;
  const asked = { ...pair, split, after: after ?? null };
  const chosen = params.list === 'repinned' ? undefined : params.list;
  const first = useAnswer(DiffSplitDocument, { ...asked, ...including(chosen ?? 'removed') });
  const found = first.data?.at.trainingSetDiff;
  const counts = found ? { removed: found.removedCount.totalCount, added: found.addedCount.totalCount } : undefined;
  const list = chosen ?? (counts?.removed === 0 && counts.added > 0 ? 'added' : 'removed');
  const answer = useAnswer(DiffSplitDocument, { ...asked, ...including(list) });
  return (
    <Block
      title={`Versions in ${split}`}
      asked={answer}
      controls={
        <>
          {counts && <Tabs list={list} counts={counts} names={NAMES} choose={(next) => change({ list: next, after: undefined })} />}
          {splits}
          <span className="quiet">a re-pinned member is one removed and one added version</span>
        </>
      }
      none={() => (counts?.[list] === 0 ? <Nothing list={list} seq={pair.seq} /> : undefined)}
      extent={({ at }) => extentOf(changesOf(list, at.trainingSetDiff).length, counts?.[list] ?? 0, undefined, pair.seq)}
      page={({ at }) => listPage(at.trainingSetDiff?.[list]?.pageInfo, counts?.[list])}
      table={({ at }) => changesTable(changesOf(list, at.trainingSetDiff))}
    >
      {({ at }) => (
        <Changes
          changes={changesOf(list, at.trainingSetDiff)}
          pageInfo={at.trainingSetDiff?.[list]?.pageInfo}
          params={params}
          change={change}
        />
      )}
    </Block>
  );
}

function countsOf(diff: Answer | null | undefined): Record<List, number> | undefined {
  return diff
    ? { repinned: diff.repinnedCount.totalCount, added: diff.addedCount.totalCount, removed: diff.removedCount.totalCount }
    : undefined;
}

function changesOf(list: List, diff: Lists | null | undefined): Change[] {
  switch (list) {
    case 'added':
      return diff?.added?.nodes.map((after) => ({ after })) ?? [];
    case 'removed':
      return diff?.removed?.nodes.map((before) => ({ before })) ?? [];
    case 'repinned':
      return diff?.repinned?.nodes ?? [];
  }
}

function Nothing({ list, seq }: { list: List; seq: string }) {
  return (
    <p className="none">
      No member was {NAMES[list].toLowerCase()}, as of seq {seq}.
    </p>
  );
}
