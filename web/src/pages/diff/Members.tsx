import { useAnswer } from '../../api/useAnswer';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { Changes, Tabs } from './Changes';
import { type Change, changesTable } from './changes';
import { Filters, Unreadable } from './Filters';
import { DiffMembersDocument, type DiffMembersQuery } from './queries/members.gen';
import { type Changed, type List, type Pair, including, keepOf, listOf, listPage } from './question';
import { Split, Summary } from './Summary';

type Answer = NonNullable<DiffMembersQuery['at']['trainingSetDiff']>;
/** The lists of an answer; one that was not asked for is absent. */
type Lists = { [Name in 'added' | 'removed' | 'repinned']?: Answer[Name] };

const NAMES: Record<List, string> = { repinned: 'Re-pinned', added: 'Added', removed: 'Removed' };

/** The members that only one of two sets has, or has otherwise. */
export function Members({ pair, params, change }: Changed & { pair: Pair }) {
  const { by, split, after } = params;
  const filter = keepOf(params);
  const asked = { ...pair, split: split ?? null, filter: filter ?? null, paths: by === '' ? [] : [by], after: after ?? null };
  const isUnreadable = filter === undefined;
  const answer = useAnswer(DiffMembersDocument, { ...asked, ...including(params) }, isUnreadable);
  const counts = countsOf(answer.data?.at.trainingSetDiff);
  const list = listOf(params, counts);
  return (
    <>
      <Filters params={params} change={change} />
      {isUnreadable ? (
        <Unreadable attr={params.attr} />
      ) : (
        <>
          <Block
            title={split === undefined ? 'Members' : `Members in ${split}`}
            asked={answer}
            controls={
              <>
                {counts && <Tabs list={list} counts={counts} names={NAMES} choose={(next) => change({ list: next, after: undefined })} />}
                <Split answer={answer} params={params} change={change} />
              </>
            }
            none={({ at }) => (countsOf(at.trainingSetDiff)?.[list] === 0 ? <Nothing list={list} seq={pair.seq} /> : undefined)}
            extent={({ at }) => {
              const diff = at.trainingSetDiff;
              return extentOf(changesOf(list, diff).length, countsOf(diff)?.[list] ?? 0, undefined, pair.seq);
            }}
            page={({ at }) => listPage(list, params, at.trainingSetDiff?.[list]?.pageInfo, countsOf(at.trainingSetDiff)?.[list])}
            table={({ at }) => changesTable(changesOf(list, at.trainingSetDiff))}
          >
            {({ at }) => (
              <Changes
                changes={changesOf(list, at.trainingSetDiff)}
                list={list}
                pageInfo={at.trainingSetDiff?.[list]?.pageInfo}
                params={params}
                change={change}
              />
            )}
          </Block>
          <Summary answer={answer} params={params} change={change} />
        </>
      )}
    </>
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
      No such member was {NAMES[list].toLowerCase()}, as of seq {seq}.
    </p>
  );
}
