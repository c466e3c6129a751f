import { kindWords } from '../../parts/words/kind';
import { useAnswer } from '../../api/useAnswer';
import { counted } from '../../parts/words/counted';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { VersionLink } from '../../parts/links/VersionLink';
import { Thumbnail } from '../../picture/Thumbnail';
import { sourceOf } from '../../picture/source';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { reference } from '../../url/reference';
import { LeakageDocument, type LeakageQuery, type LeakageQueryVariables } from './query.gen';
import { IN_COMMON, partInWords } from './question';
import css from './Page.module.css';

type Finding = NonNullable<LeakageQuery['at']['leakage']>['nodes'][number];

interface FindingsProps {
  variables: LeakageQueryVariables & { seq: string; a: string; b: string };
  go(after: string | undefined): void;
}

/** What the two have in common: members that share something are one finding. */
export function Findings({ variables, go }: FindingsProps) {
  const answer = useAnswer(LeakageDocument, variables);
  const { seq, a, b, splitA, splitB, kinds } = variables;
  const first = partInWords(a, splitA ?? '');
  const second = partInWords(b, splitB ?? '');
  return (
    <Block
      title="In common"
      asked={answer}
      none={({ at }) =>
        at.leakage?.totalCount === 0 && at.leakage.info.complete ? (
          <p className="none">
            <strong>Nothing leaks:</strong> <span className="name">{first}</span> and <span className="name">{second}</span> have nothing
            {kinds == null ? '' : ' of these kinds'} in common, as of seq {seq}.
          </p>
        ) : undefined
      }
      extent={({ at }) => extentOf(at.leakage?.nodes.length ?? 0, at.leakage?.totalCount ?? 0, at.leakage?.info, seq)}
      page={({ at }) => at.leakage}
      table={({ at }) => ({
        columns: ['kind', 'through', 'membersOfFirst', 'membersOfSecond', 'pairs', 'examples'],
        rows: (at.leakage?.nodes ?? []).map((row) => [
          row.kind,
          row.through && reference(row.through),
          row.aCount,
          row.bCount,
          row.pairCount,
          row.pairs.nodes.map((pair) => `${reference(pair.a.version)} ${reference(pair.b.version)}`).join('; '),
        ]),
      })}
    >
      {({ at }) =>
        at.leakage && (
          <>
            <p>
              <span className="name">{first}</span> and <span className="name">{second}</span> have something in common:{' '}
              {counted(at.leakage.totalCount, 'finding')}
              {at.leakage.info.complete ? '.' : ' so far.'}
            </p>
            <Rows label="Findings" columns={['shared', 'what', 'in the first#', 'in the second#', 'pairs#', 'pairs of members, with their splits']}>
              {at.leakage.nodes.map((row) => (
                <FindingRow key={keyOf(row)} row={row} />
              ))}
            </Rows>
            <Pager pageInfo={at.leakage.pageInfo} info={at.leakage.info} after={variables.after ?? undefined} go={go} />
          </>
        )
      }
    </Block>
  );
}

function keyOf({ kind, through, pairs }: Finding): string {
  const pair = pairs.nodes[0];
  return [kind, through?.hash, pair?.a.version.hash, pair?.b.version.hash].join(' ');
}

function FindingRow({ row }: { row: Finding }) {
  const { kind, through, aCount, bCount, pairCount, pairs } = row;
  return (
    <tr>
      <th scope="row">{IN_COMMON[kind]}</th>
      <td>
        {through === null ? (
          <span className="quiet">–</span>
        ) : (
          <Member of={through} note={kindWords(through.item.kind)} />
        )}
      </td>
      <td className="number">{aCount.toLocaleString()}</td>
      <td className="number">{bCount.toLocaleString()}</td>
      <td className="number">{pairCount.toLocaleString()}</td>
      <td>
        {pairs.nodes.map(({ a, b }) => (
          <div className={css.pair} key={`${a.version.hash} ${b.version.hash} ${a.split} ${b.split}`}>
            <Member of={a.version} note={a.split} />
            <span className="quiet">and</span>
            <Member of={b.version} note={b.split} />
          </div>
        ))}
        {pairCount > pairs.nodes.length && <span className="quiet">and {(pairCount - pairs.nodes.length).toLocaleString()} more pairs</span>}
      </td>
    </tr>
  );
}

/** A version with its picture, if it has one. */
function Member({ of, note }: { of: Finding['pairs']['nodes'][number]['a']['version']; note: string }) {
  const source = sourceOf({ ...of, attributes: null }, reference(of));
  return (
    <span className={css.member}>
      {source !== undefined && <Thumbnail source={source} side={40} />}
      <span>
        <VersionLink of={of} /> <span className="quiet">{note}</span>
      </span>
    </span>
  );
}
