import { type ReactNode, useRef } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { NotYet } from '../../parts/absent/NotYet';
import { Statements } from '../../parts/Statements';
import { useKeys } from '../../shell/pageKeys';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import { useParams } from '../../url/params';
import type { Fields } from '../../picture/shapes/mark';
import { useFields } from '../../picture/useFields';
import { changesOf, contentOf } from './content/changes';
import { Classes } from './Classes';
import { type ClassRow, classRows, classesOf } from './content/classList';
import { Difference } from './Difference';
import { Head } from './Head';
import { History } from './History';
import { Made } from './Made';
import { Pair } from './Pair';
import { type Choice, choose } from './content/pair';
import { ItemDocument } from './queries/item.gen';
import { VersionsDocument } from './queries/versions.gen';
import { type Compared, ITEM, type Item } from './state';
import { Uses } from './Uses';
import { WhoSaw } from './WhoSaw';
import css from './Page.module.css';

/** Item: what happened to this one, who said so, and what contains it? */
export function Page() {
  const { seq } = useMoment();
  const [{ ref, before }, change] = useParams(ITEM);
  const answer = useAnswer(ItemDocument, { seq, ref, before: before ?? null }, ref === '');
  const found = ref === '' ? undefined : (answer.data?.at.named ?? undefined);
  if (ref === '') {
    return (
      <>
        <h1>What happened to an item?</h1>
        <p className="none">Name an item in the search at the top: namespace/KIND/key, or paste the id of a version.</p>
      </>
    );
  }
  // Without a number, the reference means the item and not its head.
  const isOfItem = found !== undefined && ref === reference({ item: found.item });
  const named = found === undefined || isOfItem ? 0 : found.number;
  const history = (
    <Block
      title="Versions, newest first"
      asked={answer}
      none={({ at }) =>
        at.named === null ? (
          <NotYet of={ref}>
            <p className="none">
              There is no <span className="name">{ref}</span> as of seq {seq}.
            </p>
          </NotYet>
        ) : undefined
      }
      table={({ at }) => ({
        columns: ['version', 'seq', 'time', 'author', 'message', 'wrong', 'current', 'statements'],
        rows: (at.named?.item.history.nodes ?? []).toReversed().map((version) => [
          reference({ item: at.named?.item as Item, number: version.number }),
          version.seq,
          version.committedAt,
          version.author,
          version.message,
          version.wrong,
          version.isHead,
          version.statements.map((said) => `${said.kind} by ${said.author} in seq ${said.commit.seq}: ${said.reason}`).join('; '),
        ]),
      })}
    >
      {({ at }) =>
        at.named && <History item={at.named.item} shown={named || at.named.item.head.number} before={before} go={(next) => change({ before: next })} />
      }
    </Block>
  );
  return (
    <>
      <h1>
        What happened to <span className="name">{found === undefined ? ref : reference({ item: found.item })}</span>?
      </h1>
      {found === undefined ? (
        history
      ) : (
        <>
          <Head item={found.item} />
          <Versions item={found.item} named={named}>
            {history}
          </Versions>
        </>
      )}
    </>
  );
}

function choiceOf(item: Item, named: number, v: number, w: number): Choice {
  const wrong = item.newest.nodes.findLast((version) => version.wrong)?.number ?? 0;
  return choose({ total: item.history.totalCount, head: item.head.number, wrong, named, v, w });
}

/** The compared versions, the history, and the details of the version that is shown. */
function Versions({ item, named, children }: { item: Item; named: number; children: ReactNode }) {
  const { seq } = useMoment();
  const [{ v, w, mode, plain }, change] = useParams(ITEM);
  const difference = useRef<HTMLDivElement>(null);
  const choice = choiceOf(item, named, v, w);
  const name = reference({ item });
  const total = item.history.totalCount;
  const hasWrong = item.newest.nodes.some((version) => version.wrong);
  const answer = useAnswer(VersionsDocument, {
    seq,
    hasOld: choice.old > 0,
    old: `${name}#${choice.old || choice.new}`,
    new: `${name}#${choice.new}`,
    shown: `${name}#${choice.shown}`,
    wrong: { items: [name] },
    hasWrong,
  });
  const [before, after] = [useFields(answer.data?.at.old), useFields(answer.data?.at.new)];
  const classes = (older: Compared | null | undefined, newer: Compared | null) =>
    newer === null ? undefined : classesIn(item, older ?? null, newer, before.fields, after.fields);
  const go = (number: number) => number >= 1 && number <= total && change({ ref: `${name}#${number}`, v: 0, w: 0 });
  useKeys([
    { key: '[', name: 'older version', act: () => go(choice.shown - 1) },
    { key: ']', name: 'newer version', act: () => go(choice.shown + 1) },
    { key: 'o', name: 'labels on or off', act: () => change({ plain: !plain }) },
    { key: 'd', name: 'difference', act: () => difference.current?.focus() },
  ]);
  // What happened to classes is known of the newest versions.
  const oldest = item.newest.nodes[0]?.number ?? 1;
  const gone = () => <p className="none">There is no such version as of seq {seq}.</p>;
  const pair = choice.old === 0 ? `#${choice.new}` : `Difference #${choice.old} → #${choice.new}`;
  return (
    <>
      <div ref={difference} className={css.target} tabIndex={-1} aria-label="Difference" role="group">
        <Block
          title={pair}
          asked={answer}
          controls={total > 1 && <Pair choice={choice} total={total} change={change} />}
          none={({ at }) => (at.new === null ? gone() : undefined)}
          table={({ at }) => ({
            columns: ['what', `#${choice.old}`, `#${choice.new}`],
            rows: at.new === null ? [] : rowsOf(at.old ?? null, at.new, before.fields, after.fields),
          })}
        >
          {({ at }) =>
            at.new && (
              <>
                {at.old && <Statements of={at.old.statements} />}
                <Difference item={item} older={at.old ?? null} newer={at.new} before={before} after={after} mode={mode} isPlain={plain} change={change} />
              </>
            )
          }
        </Block>
      </div>
      {item.kind === 'ONTOLOGY' && (
        <Block
          title="Classes"
          asked={answer}
          none={({ at }) => (classes(at.old, at.new) === undefined ? <p className="none">This version lists no classes.</p> : undefined)}
          table={({ at }) => ({
            columns: ['class', 'fields', 'state', 'change'],
            rows: (classes(at.old, at.new) ?? []).map((row) => [row.name, JSON.stringify(row.fields), row.state, row.said.join('; ')]),
          })}
        >
          {({ at }) => <Classes rows={classes(at.old, at.new) ?? []} unknown={at.old && at.old.number + 1 < oldest ? oldest : 0} />}
        </Block>
      )}
      {hasWrong && <WhoSaw asked={answer} name={name} />}
      {children}
      <div className={css.columns}>
        <Block
          title={`How #${choice.shown} was made`}
          asked={answer}
          none={({ at }) => (at.shown === null ? gone() : undefined)}
          table={({ at }) => ({
            columns: ['source', 'role', 'wrong', 'asserted'],
            rows: (at.shown?.sources.nodes ?? []).map((row) => [reference(row.source), row.role, row.source.wrong, row.asserted]),
          })}
        >
          {({ at }) => at.shown && <Made version={at.shown} />}
        </Block>
        <Block
          title={`What was made of #${choice.shown}, and what contains it`}
          asked={answer}
          none={({ at }) => (at.shown === null ? gone() : undefined)}
          table={({ at }) => ({
            columns: ['version', 'as', 'current'],
            rows: [
              ...(at.shown?.derivatives.nodes ?? []).map((row) => [reference(row.derived), row.role, row.derived.isHead]),
              ...(at.shown?.memberOf.nodes ?? []).map((row) => [reference(row.trainingSet), `member ${row.split ?? ''}`.trim(), row.isHead]),
            ],
          })}
        >
          {({ at }) => at.shown && <Uses version={at.shown} />}
        </Block>
      </div>
    </>
  );
}

function rowsOf(older: Compared | null, newer: Compared, before: Fields, after: Fields): (string | null)[][] {
  const rows = older === null ? contentOf(newer, after) : changesOf(older, newer, before, after);
  return rows.map((row) => [row.path, textOf(row.before), textOf(row.after)]);
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function classesIn(item: Item, older: Compared | null, newer: Compared, before: Fields, after: Fields): ClassRow[] | undefined {
  const classes = classesOf(after);
  if (classes === undefined) return undefined;
  const since = older?.number ?? newer.number - 1;
  const changes = item.newest.nodes.filter(({ number }) => number > since && number <= newer.number).flatMap((version) => version.ontologyChanges);
  return classRows(older === null ? undefined : classesOf(before), classes, changes);
}
