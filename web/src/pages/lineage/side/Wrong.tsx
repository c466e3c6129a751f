import { type Asked, useAnswer } from '../../../api/useAnswer';
import { Pager } from '../../../parts/Pager';
import { Block } from '../../../states/Block';
import { extentOf } from '../../../states/extent';
import { reference } from '../../../url/reference';
import type { LineageQuery } from '../query.gen';
import { listOf } from './first';
import { Close } from './Group';
import { LineageWrongDocument, type LineageWrongQuery } from './query.gen';
import type { SideProps } from './Side';
import { Versions } from './Versions';

/** The versions of the lineage that are wrong, alone or in groups. */
export function Wrong({ variables, first, params, change }: SideProps) {
  const { after } = params;
  const own = useAnswer(LineageWrongDocument, { ...variables, keepOnly: listOf(params).keepOnly, after: after ?? null }, first !== undefined);
  const asked: Asked<LineageQuery | LineageWrongQuery> = first ?? own;
  return (
    <Block
      title="What is wrong"
      asked={asked}
      controls={<Close close={() => change({ open: undefined, sel: undefined, after: undefined })} />}
      none={({ at }) => (at.lineage?.totalCount === 0 ? <p className="none">Nothing here is wrong as of seq {variables.seq}.</p> : undefined)}
      extent={({ at }) => extentOf(at.lineage?.nodes.length ?? 0, at.lineage?.totalCount ?? 0, at.lineage?.info, variables.seq)}
      page={({ at }) => at.lineage}
      table={({ at }) => ({ columns: ['version'], rows: (at.lineage?.nodes ?? []).map((version) => [reference(version)]) })}
    >
      {({ at }) =>
        at.lineage && (
          <>
            <Versions versions={at.lineage.nodes} params={params} change={change} />
            <Pager pageInfo={at.lineage.pageInfo} info={at.lineage.info} after={after} go={(next) => change({ after: next })} />
          </>
        )
      }
    </Block>
  );
}
