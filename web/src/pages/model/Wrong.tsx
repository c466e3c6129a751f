import { type Asked, useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { StaleTable, type Stale } from '../../parts/stale/StaleTable';
import { saysWrong } from '../../parts/words/said';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import type { Table } from '../../take/table';
import { reference } from '../../url/reference';
import { whenSaid } from './params';
import { ModelWrongDocument, type SawWrongFragment } from './queries/wrong.gen';

type Saw = { at: { affected?: SawWrongFragment | null } };
type Version = SawWrongFragment['nodes'][number]['wrong']['nodes'][number];

interface WrongProps {
  /** The question about the model, with the first page. */
  first: Asked<Saw>;
  model: { seq: string; committedAt: string };
  /** Its reference in the address. */
  name: string;
  after: string | undefined;
  go(after: string | undefined): void;
}

/** What the model saw that is wrong, in whichever sets: was it known at the time, and what is it now? */
export function Wrong({ first, model, name, after, go }: WrongProps) {
  const { seq } = useMoment();
  const further: Asked<Saw> = useAnswer(ModelWrongDocument, { seq, start: name, after: after ?? null }, after === undefined);
  const answer = after === undefined ? first : further;
  return (
    <Block
      title="What it saw that is wrong"
      asked={answer}
      none={(data) =>
        data.at.affected?.nodes.length === 0 && data.at.affected.info.complete ? (
          <p className="none">Nothing that it saw is known to be wrong as of seq {seq}.</p>
        ) : undefined
      }
      extent={(data) => extentOf(rowsOf(data).length, sawIn(data)?.totalCount ?? 0, data.at.affected?.info, seq)}
      page={sawIn}
      table={(data) => tableOf(rowsOf(data))}
    >
      {(data) => (
        <>
          <StaleTable rows={rowsOf(data).map(staleOf)} what="version" label="Wrong versions" when={(statement) => whenSaid(statement, model)} />
          <Pager pageInfo={sawIn(data)?.pageInfo ?? { hasNextPage: false, endCursor: null }} after={after} go={go} />
        </>
      )}
    </Block>
  );
}

function sawIn({ at }: Saw) {
  return at.affected?.nodes[0]?.wrong;
}

function rowsOf(data: Saw): Version[] {
  return sawIn(data)?.nodes ?? [];
}

/** Returns the statement that made a version wrong: the first since it was last reinstated. */
function statementOf({ statements }: Version): Stale['statement'] {
  return statements.slice(statements.findLastIndex(({ kind }) => kind === 'REINSTATES') + 1).find(saysWrong) ?? null;
}

function staleOf(version: Version): Stale {
  return { status: 'STALE', pinned: version, wrong: version, replacement: version.replacement, statement: statementOf(version) };
}

function tableOf(rows: Version[]): Table {
  return {
    columns: ['wrong', 'replacement', 'was', 'now', 'statement', 'reason', 'author', 'seq', 'time'],
    rows: rows.map((version) => {
      const { replacement, attributes } = version;
      const said = statementOf(version);
      return [
        reference(version),
        replacement && reference({ item: version.item, number: replacement.number }),
        JSON.stringify(attributes),
        replacement && JSON.stringify(replacement.attributes),
        said?.kind ?? null,
        said?.reason ?? null,
        said?.author ?? null,
        said?.commit.seq ?? null,
        said?.commit.time ?? null,
      ];
    }),
  };
}
