import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { shellQuoted } from '../../take/commands';
import { reference } from '../../url/reference';
import { Filters, type FiltersProps } from './Filters';
import { Grid } from './Grid';
import { MemberTable } from './MemberTable';
import { filterOf } from './params';
import { SetMembersDocument } from './queries/members.gen';
import { Values } from './Values';

/** The members, as tiles or as rows. */
export function Members({ set, params, change }: FiltersProps) {
  const { seq } = useMoment();
  const { ref, split, flat, after, view } = params;
  const filter = filterOf(params);
  const answer = useAnswer(SetMembersDocument, { seq, ref, split: split ?? null, filter, flat, after: after ?? null });
  const isFiltered = filter !== null || split !== undefined;

  function all() {
    change({ split: undefined, wrong: false, old: false, kind: undefined, key: undefined, where: undefined, after: undefined });
  }

  return (
    <Block
      title="Members"
      asked={answer}
      command={`stemma checkout ${shellQuoted(reference(set))} ./set --as-of ${seq}`}
      controls={
        <div className="tabs" role="group" aria-label="View">
          {(['grid', 'table'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => change({ view: one })}>
              {one === 'grid' ? 'Grid' : 'Table'}
            </button>
          ))}
        </div>
      }
      before={
        <>
          <Filters set={set} params={params} change={change} />
          <Values set={set} params={params} change={change} />
        </>
      }
      none={({ at }) => {
        const page = at.resolve?.members ?? at.resolve?.flatMembers;
        if (page?.totalCount !== 0 || !page.info.complete) return undefined;
        return (
          <p className="none">
            {!isFiltered
              ? `This version has no members as of seq ${seq}.`
              : params.wrong && set.freshness && set.freshness.wrongCount > 0
                ? 'No member is wrong itself under these filters. Those that were made from something wrong are in “What is wrong”. '
                : 'No member matches. '}
            {isFiltered && (
              <button type="button" onClick={all}>
                Show all members
              </button>
            )}
          </p>
        );
      }}
      extent={({ at }) => {
        const page = at.resolve?.members ?? at.resolve?.flatMembers;
        return extentOf(page?.nodes.length ?? 0, page?.totalCount ?? 0, page?.info, seq);
      }}
      page={({ at }) => at.resolve?.members ?? at.resolve?.flatMembers}
      table={({ at }) => ({
        columns: ['member', 'split', 'weight', 'wrong', 'isHead', 'mediaType', 'payload', 'attributes'],
        rows: ((at.resolve?.members ?? at.resolve?.flatMembers)?.nodes ?? []).map(({ split, weight, version }) => [
          reference(version),
          split,
          weight,
          version.wrong,
          version.isHead,
          version.mediaType,
          version.payload?.digest ?? null,
          JSON.stringify(version.attributes),
        ]),
      })}
    >
      {({ at }) => {
        const page = at.resolve?.members ?? at.resolve?.flatMembers;
        if (!page) return null;
        return (
          <>
            {view === 'grid' ? <Grid members={page.nodes} /> : <MemberTable members={page.nodes} />}
            <Pager pageInfo={page.pageInfo} info={page.info} after={after} go={(next) => change({ after: next })} />
          </>
        );
      }}
    </Block>
  );
}
