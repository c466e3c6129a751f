import { type ReactNode, useRef } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { useKeys } from '../../shell/pageKeys';
import { Block } from '../../states/Block';
import { reference } from '../../url/reference';
import { useParams } from '../../url/params';
import { fieldsOf } from '../../picture/shapes/mark';
import { changesOf, contentOf } from './content/changes';
import { Classes } from './Classes';
import { type ClassRow, classRows, classesOf } from './content/classList';
import { Difference } from './Difference';
import { Head } from './Head';
import { History } from './History';
import { Made } from './Made';
import { NotYet } from './NotYet';
import { type Choice, choose } from './content/pair';
import { ItemDocument, VersionsDocument } from './query.gen';
import { type Compared, ITEM, type Item, VERBS } from './state';
import { Uses } from './Uses';
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
      none={({ at }) => (at.named === null ? <NotYet named={ref} /> : undefined)}
      table={({ at }) => ({
        columns: ['version', 'seq', 'time', 'author', 'message', 'wrong', 'current', 'statements'],
        rows: (at.named?.item.history.nodes ?? []).toReversed().map((version) => [
          reference({ item: at.named?.item as Item, number: version.number }),
          Number(version.seq),
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
  const wrong = item.history.nodes.findLast((version) => version.wrong)?.number ?? 0;
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
  const answer = useAnswer(VersionsDocument, {
    seq,
    hasOld: choice.old > 0,
    old: `${name}#${choice.old || choice.new}`,
    new: `${name}#${choice.new}`,
    shown: `${name}#${choice.shown}`,
  });
  const go = (number: number) => number >= 1 && number <= total && change({ ref: `${name}#${number}`, v: 0, w: 0 });
  useKeys([
    { key: '[', name: 'older version', act: () => go(choice.shown - 1) },
    { key: ']', name: 'newer version', act: () => go(choice.shown + 1) },
    { key: 'o', name: 'labels on or off', act: () => change({ plain: !plain }) },
    { key: 'd', name: 'difference', act: () => difference.current?.focus() },
  ]);
  const gone = () => <p className="none">There is no such version as of seq {seq}.</p>;
  const pair = choice.old === 0 ? `#${choice.new}` : `Difference #${choice.old} → #${choice.new}`;
  return (
    <>
      <div ref={difference} tabIndex={-1} aria-label="Difference" role="group">
        <Block
          title={pair}
          asked={answer}
          controls={total > 1 && <Pair choice={choice} total={total} change={change} />}
          none={({ at }) => (at.new === null ? gone() : undefined)}
          table={({ at }) => ({
            columns: ['what', `#${choice.old}`, `#${choice.new}`],
            rows: at.new === null ? [] : rowsOf(at.old ?? null, at.new),
          })}
        >
          {({ at }) =>
            at.new && (
              <>
                <Said item={item} number={choice.old} />
                <Difference item={item} older={at.old ?? null} newer={at.new} mode={mode} isPlain={plain} change={change} />
              </>
            )
          }
        </Block>
      </div>
      {item.kind === 'ONTOLOGY' && (
        <Block
          title="Classes"
          asked={answer}
          none={({ at }) => (classesIn(item, at.old ?? null, at.new) === undefined ? <p className="none">This version lists no classes in its attributes.</p> : undefined)}
          table={({ at }) => ({
            columns: ['class', 'fields', 'state', 'change'],
            rows: (classesIn(item, at.old ?? null, at.new) ?? []).map((row) => [row.name, JSON.stringify(row.fields), row.state, row.said.join('; ')]),
          })}
        >
          {({ at }) => <Classes rows={classesIn(item, at.old ?? null, at.new) ?? []} />}
        </Block>
      )}
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

function rowsOf(older: Compared | null, newer: Compared): (string | null)[][] {
  const fields = fieldsOf(newer.attributes) ?? {};
  const rows = older === null ? contentOf(newer, fields) : changesOf(older, newer, fieldsOf(older.attributes) ?? {}, fields);
  return rows.map(({ path, before, after }) => [path, textOf(before), textOf(after)]);
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function classesIn(item: Item, older: Compared | null, newer: Compared | null): ClassRow[] | undefined {
  const classes = classesOf(newer?.attributes);
  if (newer === null || classes === undefined) return undefined;
  const since = older?.number ?? newer.number - 1;
  const changes = item.history.nodes.filter(({ number }) => number > since && number <= newer.number).flatMap((version) => version.ontologyChanges);
  return classRows(older === null ? undefined : classesOf(older.attributes), classes, changes);
}

/** Chooses the two versions that are compared. */
function Pair({ choice, total, change }: { choice: Choice; total: number; change(next: { v?: number; w?: number }): void }) {
  const select = (name: string, value: number, pick: (number: number) => void): ReactNode => (
    <label>
      {name}{' '}
      <input
        key={value}
        type="number"
        min={1}
        max={total}
        defaultValue={value || undefined}
        size={4}
        onChange={(event) => event.target.validity.valid && event.target.value !== '' && pick(Number(event.target.value))}
      />
    </label>
  );
  return (
    <span className="controls">
      {select('from #', choice.old, (v) => change({ v }))}
      {select('to #', choice.new, (w) => change({ w }))}
    </span>
  );
}

/** What was said about the older version: why there is a newer one. */
function Said({ item, number }: { item: Item; number: number }) {
  const statements = item.history.nodes.find((version) => version.number === number)?.statements ?? [];
  return statements.map((said) => (
    <p key={`${said.commit.seq}.${said.place}`}>
      <strong>{VERBS[said.kind] ?? said.kind}</strong> by {said.author} in seq {said.commit.seq}: “{said.reason}”
    </p>
  ));
}
