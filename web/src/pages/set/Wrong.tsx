import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { Pager } from '../../parts/Pager';
import { StaleTable, staleCsv } from '../../parts/stale/StaleTable';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { SetWrongDocument } from './queries/wrong.gen';

interface WrongProps {
  name: string;
  set: { wrong: boolean; seq: string };
  after: string | undefined;
  go(after: string | undefined): void;
}

/** Members that are wrong or were made from something wrong. */
export function Wrong({ name, set, after, go }: WrongProps) {
  const { seq } = useMoment();
  const answer = useAnswer(SetWrongDocument, { seq, ref: name, after: after ?? null });
  return (
    <Block
      title="Members that are wrong, or were made from something wrong"
      asked={answer}
      none={({ at }) => {
        const stale = at.resolve?.staleMembers;
        if (stale?.totalCount !== 0 || !stale.info.complete) return undefined;
        return (
          <p className="none">
            {set.wrong ? 'The version is wrong itself; no member of it' : 'No member'} is known to be wrong as of seq {seq}.
          </p>
        );
      }}
      extent={({ at }) => {
        const stale = at.resolve?.staleMembers;
        return extentOf(stale?.nodes.length ?? 0, stale?.totalCount ?? 0, stale?.info, seq);
      }}
      page={({ at }) => at.resolve?.staleMembers}
      table={({ at }) => staleCsv(at.resolve?.staleMembers?.nodes ?? [])}
    >
      {({ at }) =>
        at.resolve?.staleMembers && (
          <>
            <StaleTable
              rows={at.resolve.staleMembers.nodes}
              label="Wrong members"
              when={({ commit }) => (isLater(commit.seq, set.seq) ? undefined : 'known before it was made')}
            />
            <Pager pageInfo={at.resolve.staleMembers.pageInfo} info={at.resolve.staleMembers.info} after={after} go={go} />
          </>
        )
      }
    </Block>
  );
}
