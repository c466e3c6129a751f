import type { Asked } from '../../api/useAnswer';
import { clock } from '../../moment/moment';
import { CommitLink } from '../../parts/links/CommitLink';
import { Statements } from '../../parts/Statements';
import { Tags } from '../../parts/Tags';
import { VersionLink } from '../../parts/links/VersionLink';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import type { DiffEndFragment, DiffEndsQuery } from './queries/ends.gen';

interface EndsProps {
  asked: Asked<DiffEndsQuery>;
  seq: string;
}

/** The two versions that are compared. */
export function Ends({ asked, seq }: EndsProps) {
  const ends = ({ at: { a, b } }: DiffEndsQuery) => [a, b].filter((end) => end !== null);
  return (
    <Block
      title="The two versions"
      asked={asked}
      none={(data) => (ends(data).length === 0 ? <p className="none">Neither of them exists as of seq {seq}.</p> : undefined)}
      extent={() => ({ isWhole: true, words: `whole answer · seq ${seq}` })}
      table={(data) => ({
        columns: ['version', 'seq', 'time', 'author', 'message', 'wrong', 'memberCount'],
        rows: ends(data).map((end) => [reference(end), end.seq, end.committedAt, end.author, end.message, end.wrong, end.memberCount]),
      })}
    >
      {(data) => (
        <div className="scroll" tabIndex={0} role="region" aria-label="Table of the two versions">
          <table>
            <thead>
              <tr>
                <th scope="col">version</th>
                <th scope="col">made</th>
                <th scope="col">state</th>
                {ends(data).some((end) => end.memberCount !== null) && (
                  <th scope="col" className="number">
                    members
                  </th>
                )}
                <th scope="col">tags</th>
              </tr>
            </thead>
            <tbody>
              {ends(data).map((end) => (
                <tr key={end === data.at.a ? 'a' : 'b'}>
                  <th scope="row">
                    <span className="quiet">{end === data.at.a ? 'first' : 'second'}</span> <VersionLink of={end} />
                  </th>
                  <td>
                    seq <CommitLink seq={end.seq} /> · {clock(end.committedAt)} · {end.author}
                    {end.message !== null && <div className="quiet">“{end.message}”</div>}
                  </td>
                  <td>
                    <State end={end} />
                  </td>
                  {ends(data).some((one) => one.memberCount !== null) && <td className="number">{end.memberCount?.toLocaleString()}</td>}
                  <td>
                    <Tags tags={end.tags} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Block>
  );
}

function State({ end }: { end: DiffEndFragment }) {
  return (
    <>
      {end.wrong ? <span className="mark wrong">WRONG</span> : end.isHead ? <span className="mark fixed">current</span> : <span className="quiet">earlier</span>}
      <Statements of={end.statements} />
    </>
  );
}
