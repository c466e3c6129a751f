import { kindWords } from '../../../parts/words/kind';
import { type Asked, useAnswer } from '../../../api/useAnswer';
import { Pager } from '../../../parts/Pager';
import { Block } from '../../../states/Block';
import { extentOf } from '../../../states/extent';
import { reference } from '../../../url/reference';
import type { LineageQuery } from '../query.gen';
import { listOf } from './first';
import { LineageGroupDocument, type LineageGroupQuery } from './query.gen';
import type { SideProps } from './Side';
import { Versions } from './Versions';

/** The versions of a folded group, as a list: thousands of cards would tell nothing. */
export function Group({ variables, first, params, change, group }: SideProps & { group: string }) {
  const { max, fold, apart, bad, after } = params;
  const { filter } = listOf(params);
  const own = useAnswer(
    LineageGroupDocument,
    { ...variables, maxNodes: max, foldAbove: fold, foldWrong: !apart, group, filter, after: after ?? null },
    first !== undefined,
  );
  const asked: Asked<LineageQuery | LineageGroupQuery> = first ?? own;
  const found = asked.data?.at.lineageGraph?.group;
  const title = found ? `${found.count.toLocaleString()} ${kindWords(found.kind, found.count)}${found.namespace === null ? '' : ` of ${found.namespace}`}` : 'Group';
  return (
    <Block
      title={title}
      asked={asked}
      controls={
        <>
          {(bad || (found?.wrongCount ?? 0) > 0) && (
            <label>
              <input type="checkbox" checked={bad} onChange={(event) => change({ bad: event.target.checked, after: undefined })} /> only wrong
            </label>
          )}
          <Close close={() => change({ open: undefined, sel: undefined, after: undefined, bad: false })} />
        </>
      }
      none={({ at }) =>
        at.lineageGraph?.group === null ? (
          <p className="none">This answer has no such group: a group changes its name when its versions change. Choose one in the table.</p>
        ) : undefined
      }
      extent={({ at }) => {
        const versions = at.lineageGraph?.group?.versions;
        return extentOf(versions?.nodes.length ?? 0, versions?.totalCount ?? 0, undefined, variables.seq);
      }}
      page={({ at }) => at.lineageGraph?.group?.versions}
      table={({ at }) => ({
        columns: ['version', 'wrong'],
        rows: (at.lineageGraph?.group?.versions.nodes ?? []).map((version) => [reference(version), version.wrong]),
      })}
    >
      {({ at }) => {
        const versions = at.lineageGraph?.group?.versions;
        return (
          versions && (
            <>
              <Versions versions={versions.nodes} params={params} change={change} />
              <Pager pageInfo={versions.pageInfo} after={after} go={(next) => change({ after: next })} />
            </>
          )
        );
      }}
    </Block>
  );
}

export function Close({ close }: { close(): void }) {
  return (
    <button type="button" onClick={close}>
      Close
    </button>
  );
}
