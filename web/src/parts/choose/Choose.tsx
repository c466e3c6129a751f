import { kindWords } from '../words/kind';
import { useAnswer } from '../../api/useAnswer';
import { clock, useMoment } from '../../moment/moment';
import type { ItemKind } from '../../schema.gen';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { optional, useParams } from '../../url/params';
import { reference } from '../../url/reference';
import { Pager } from '../Pager';
import { Tags } from '../Tags';
import { VersionLink } from '../links/VersionLink';
import { ChooseDocument } from './query.gen';

const STATE = { after: optional };

/** The current versions of some kinds, newest first: a page without a reference lets the reader choose one. */
export function Choose({ title, kinds }: { title: string; kinds: ItemKind[] }) {
  const { seq } = useMoment();
  const [{ after }, change] = useParams(STATE);
  const answer = useAnswer(ChooseDocument, { seq, kinds, after: after ?? null });
  const isSets = kinds.includes('TRAINING_SET');
  return (
    <Block
      title={title}
      asked={answer}
      none={({ at }) => (at.items.totalCount === 0 ? <p className="none">There are none as of seq {seq}.</p> : undefined)}
      extent={({ at }) => extentOf(at.items.nodes.length, at.items.totalCount, at.items.info, seq)}
      page={({ at }) => at.items}
      table={({ at }) => ({
        columns: ['version', 'kind', 'committedAt', ...(isSets ? ['memberCount', 'wrongCount'] : []), 'tags'],
        rows: at.items.nodes.map((item) => [
          reference({ item, number: item.head.number }),
          item.kind,
          item.head.committedAt,
          ...(isSets ? [item.head.memberCount, item.head.freshness?.wrongCount ?? null] : []),
          item.head.tags.map(({ name }) => name).join(' '),
        ]),
      })}
    >
      {({ at }) => (
        <>
          <div className="scroll" tabIndex={0} role="region" aria-label="Current versions">
            <table>
              <thead>
                <tr>
                  <th scope="col">current version</th>
                  {isSets && (
                    <>
                      <th scope="col" className="number">
                        members
                      </th>
                      <th scope="col" className="number">
                        wrong
                      </th>
                    </>
                  )}
                  <th scope="col">made</th>
                  <th scope="col">tags</th>
                </tr>
              </thead>
              <tbody>
                {at.items.nodes.map((item) => (
                  <tr key={item.hash}>
                    <th scope="row">
                      <VersionLink of={{ item, number: item.head.number }} />{' '}
                      {!isSets && <span className="quiet">{kindWords(item.kind)}</span>}{' '}
                      {item.head.wrong && <span className="mark wrong">wrong itself</span>}
                    </th>
                    {isSets && (
                      <>
                        <td className="number">{item.head.memberCount?.toLocaleString()}</td>
                        <td className="number">
                          <Wrong count={item.head.freshness?.wrongCount ?? 0} />
                        </td>
                      </>
                    )}
                    <td>{clock(item.head.committedAt)}</td>
                    <td>
                      <Tags tags={item.head.tags} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Pager pageInfo={at.items.pageInfo} info={at.items.info} after={after} go={(next) => change({ after: next })} />
        </>
      )}
    </Block>
  );
}

function Wrong({ count }: { count: number }) {
  return count === 0 ? '0' : <span className="mark wrong">{count.toLocaleString()} wrong</span>;
}
