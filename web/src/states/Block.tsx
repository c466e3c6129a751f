import type { ReactNode } from 'react';

import type { Asked } from '../api/useAnswer';
import type { ListPage } from '../take/allPages';
import { type TakeForm, TakeMenu } from '../take/TakeMenu';
import type { Table } from '../take/table';
import { Failure } from './Failure';
import { Waiting } from './Waiting';

interface BlockProps<T> {
  title: string;
  asked: Asked<T>;
  /** Says how complete the answer is. */
  extent?(data: T): Extent;
  /** Says why there is nothing to show; `undefined` if there is something. */
  none?(data: T): ReactNode | undefined;
  /** The rows on the screen, to be taken away. */
  table?(data: T): Table;
  /** The list whose pages the block shows. `table` has its rows. */
  page?(data: T): ListPage | null | undefined;
  /** The command line that gives the same answer. */
  command?: string | undefined;
  /** More forms to take the answer away in, each with its name. */
  forms?(data: T): TakeForm[];
  controls?: ReactNode;
  /** What stays above the answer in every state, such as its filters. */
  before?: ReactNode;
  children(data: T): ReactNode;
}

/** How complete an answer is, in words. */
export interface Extent {
  isWhole: boolean;
  words: ReactNode;
}

/** One question of a page in one of five states: asking, whole, part, none, failed. */
export function Block<T>({ title, asked, extent, none, table, page, command, forms, controls, before, children }: BlockProps<T>) {
  const { data, failed, isAsking } = asked;
  const nothing = data === undefined ? undefined : none?.(data);
  const known = data === undefined ? undefined : extent?.(data);
  // An answer that is not whole does not say that there is nothing.
  const isPart = known?.isWhole === false;
  const list = data === undefined ? undefined : page?.(data);
  const after = list?.turn === undefined ? asked.sent.variables['after'] : list.turn.after;
  const isOnePage = list == null || (list.pageInfo.hasNextPage === false && after == null);
  const state = data === undefined ? undefined : isPart ? 'part' : nothing !== undefined ? 'none' : 'whole';
  return (
    <section className="block" aria-label={title}>
      <header className="block-head">
        <h2>{title}</h2>
        {controls}
        {/* While another question is asked, the rows are those of the one before. */}
        {data !== undefined && !isAsking && (
          <TakeMenu
            sent={asked.sent}
            answer={data}
            table={table && (() => table(data))}
            all={
              page && table && !isOnePage
                ? async (report, signal) => (await import('../take/allPages')).allPages<T>({ sent: asked.sent, table, page, variables: list.turn?.variables, report, signal })
                : undefined
            }
            command={command}
            forms={forms?.(data)}
          />
        )}
      </header>
      {before !== undefined && <div className="block-before">{before}</div>}
      {/* The answer before stays, dimmed, until the new one is here. */}
      {failed && <Failure failed={failed} retry={asked.retry} />}
      {data === undefined && !failed && <Waiting cancel={asked.cancel} />}
      {data !== undefined && (
        <div data-state={isAsking ? 'asking' : state} className={isAsking || failed ? 'block-body dimmed' : 'block-body'} aria-busy={isAsking}>
          {nothing === undefined ? children(data) : isPart ? <p className="none">Nothing was found so far.</p> : nothing}
          {(nothing === undefined || isPart) && known && (
            <p className="extent" aria-live="polite">
              {known.words}
            </p>
          )}
        </div>
      )}
    </section>
  );
}
