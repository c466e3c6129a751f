import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { StaleTable, staleCsv } from '../../parts/stale/StaleTable';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { type Named, reference, shortName } from '../../url/reference';
import { whenSaid } from './params';
import { ModelWrongDocument } from './queries/wrong.gen';

type SetNode = Named & { hash: string; freshness: { wrongCount: number } | null };

interface WrongProps {
  model: { seq: string; committedAt: string };
  /** The sets that it saw. */
  sets: SetNode[];
  /** The set that is listed; by default the first with something wrong. */
  of: string | undefined;
  after: string | undefined;
  choose(of: string): void;
  go(after: string | undefined): void;
}

/** What the model saw that is wrong: was it known at the time, and what is it now? */
export function Wrong({ model, sets, of, after, choose, go }: WrongProps) {
  const { seq } = useMoment();
  const listed =
    sets.find((set) => reference(set) === of) ?? sets.find(({ freshness }) => freshness !== null && freshness.wrongCount > 0) ?? sets[0];
  const set = listed === undefined ? '' : reference(listed);
  const answer = useAnswer(ModelWrongDocument, { seq, set, after: after ?? null }, listed === undefined);
  if (listed === undefined) return null;
  return (
    <Block
      title="What it saw that is wrong"
      asked={answer}
      controls={
        sets.length > 1 && (
          <label>
            in{' '}
            <select value={set} onChange={(event) => choose(event.target.value)}>
              {sets.map((one) => (
                <option key={one.hash} value={reference(one)}>
                  {shortName(one)}: {one.freshness?.wrongCount.toLocaleString() ?? '?'} wrong
                </option>
              ))}
            </select>
          </label>
        )
      }
      none={({ at }) => {
        const stale = at.resolve?.staleMembers;
        return stale?.totalCount === 0 && stale.info.complete ? (
          <p className="none">
            Nothing in <VersionLink of={listed} /> is known to be wrong as of seq {seq}.
          </p>
        ) : undefined;
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
            <StaleTable rows={at.resolve.staleMembers.nodes} label="Wrong members" when={(statement) => whenSaid(statement, model)} />
            <Pager pageInfo={at.resolve.staleMembers.pageInfo} info={at.resolve.staleMembers.info} after={after} go={go} />
          </>
        )
      }
    </Block>
  );
}
