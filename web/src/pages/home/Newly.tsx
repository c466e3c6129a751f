import { useEffect } from 'react';
import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { isLater } from '../../moment/seq';
import { VersionLink } from '../../parts/links/VersionLink';
import { Rows } from '../../parts/Rows';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { NewlyDocument } from './query.gen';
import { useSeen } from './seen';

/** The training sets that became affected since the reader last said that all of them were seen. */
export function Newly() {
  const { seq, isNow } = useMoment();
  const [seen, see] = useSeen();
  const isAsked = isNow && seen !== undefined && isLater(seq, seen);
  const answer = useAnswer(NewlyDocument, { seq, from: seen ?? seq }, !isAsked);
  const found = isAsked && !answer.isAsking ? answer.data?.at.newlyAffected : undefined;
  const isNothing = found?.totalCount === 0 && found.info.complete;
  // On the first visit, and if nothing is new, there is nothing to say; a seq of another store is not one of this.
  const isSeen = isNow && (seen === undefined || isLater(seen, seq) || isNothing);
  useEffect(() => {
    if (isSeen) see(seq);
  }, [isSeen, see, seq]);
  if (!isAsked || isNothing || (answer.data === undefined && answer.failed === undefined)) return null;
  return (
    <Block
      title={`Newly affected since your last visit (seq ${seen})`}
      asked={answer}
      controls={
        <button type="button" onClick={() => see(seq)}>
          I have seen these
        </button>
      }
      extent={({ at }) => extentOf(at.newlyAffected?.nodes.length ?? 0, at.newlyAffected?.totalCount ?? 0, at.newlyAffected?.info, seq)}
      page={({ at }) => at.newlyAffected}
      table={({ at }) => ({
        columns: ['trainingSet', 'affectedCount', 'memberCount', 'isHead', 'fixedIn'],
        rows: (at.newlyAffected?.nodes ?? []).map((row) => [
          reference(row.trainingSet),
          row.affectedCount,
          row.memberCount,
          row.isHead,
          row.fixedIn && reference({ item: row.trainingSet.item, number: row.fixedIn.number }),
        ]),
      })}
    >
      {({ at }) => (
        <>
          <Rows label="Newly affected" columns={['training set', 'newly wrong#', 'of#', 'fixed in']}>
            {at.newlyAffected?.nodes.map((row) => (
              <tr key={row.trainingSet.hash}>
                <th scope="row">
                  <VersionLink of={row.trainingSet} />
                </th>
                <td className="number">{row.affectedCount.toLocaleString()}</td>
                <td className="number">{row.memberCount.toLocaleString()}</td>
                <td>
                  {row.fixedIn === null ? (
                    <span className="mark wrong">not fixed</span>
                  ) : (
                    <VersionLink of={{ item: row.trainingSet.item, number: row.fixedIn.number }} />
                  )}
                </td>
              </tr>
            ))}
          </Rows>
          <p>
            <Link href="/impact">Which models saw it</Link>
          </p>
        </>
      )}
    </Block>
  );
}
