import { useId, useRef } from 'react';

import { readToken } from '../access/token';
import type { Sent } from '../api/document';
import { useMoment } from '../moment/moment';
import { curl, endpoint, playground, python, save } from './commands';
import { type Table, csv } from './table';
import { useAll } from './useAll';
import { useCopy } from './useCopy';

/** A form of an answer that only its page can write: its name, and what saves or copies it. */
export type TakeForm = readonly [name: string, act: () => void];

interface TakeMenuProps {
  /** The request as it was sent. */
  sent: Sent;
  /** Its answer. */
  answer: unknown;
  /** Writes the rows. */
  table?: (() => Table) | undefined;
  /** Reads and writes the rows of all pages, if the list has more than one. */
  all?: ((report: (done: number, total: number) => void, signal: AbortSignal) => Promise<string[]>) | undefined;
  command?: string | undefined;
  forms?: TakeForm[] | undefined;
}

/** What a reader can take from a block: its link, its rows, and the request in other forms. */
export function TakeMenu({ sent, answer, table, all, command, forms = [] }: TakeMenuProps) {
  const id = useId();
  const [said, copy] = useCopy();
  const moment = useMoment();
  const menu = useRef<HTMLDivElement>(null);
  const [progress, run] = useAll(all);

  function permanent(): string {
    const url = new URL(location.href);
    url.searchParams.set('asOf', moment.seq);
    return url.href;
  }

  /** How far it has come is shown next to the menu. */
  function saveAll() {
    menu.current?.hidePopover();
    run();
  }

  const hasToken = readToken() !== null;
  const items: TakeForm[] = [
    ['Copy link (always the newest)', () => copy(location.href, 'Link')],
    [`Copy permanent link (seq ${moment.seq})`, () => copy(permanent(), 'Permanent link')],
    ...(table === undefined ? [] : ([['Save these rows as CSV', () => save('stemma.csv', 'text/csv', csv(table()))]] as TakeForm[])),
    ...(all === undefined ? [] : ([['Save all pages as CSV', saveAll]] as TakeForm[])),
    ...forms,
    ['Save the answer as JSON', () => save('stemma.json', 'application/json', JSON.stringify(answer, null, 2))],
    ['Copy GraphQL', () => copy(`${sent.query}\n\n# variables\n# ${JSON.stringify(sent.variables)}\n`, 'GraphQL')],
    ['Copy curl', () => copy(curl(sent, endpoint(), hasToken), 'curl')],
    ['Copy Python', () => copy(python(sent, endpoint(), hasToken), 'Python')],
    ...(command === undefined ? [] : ([['Copy command line', () => copy(command, 'Command')]] as TakeForm[])),
  ];

  return (
    <div className="take">
      {progress}
      <button type="button" popoverTarget={id} aria-haspopup="true">
        Take it with you
      </button>
      <div ref={menu} id={id} popover="auto" className="take-menu">
        <ul>
          {items.map(([name, act]) => (
            <li key={name}>
              <button type="button" onClick={act}>
                {name}
              </button>
            </li>
          ))}
          <li>
            <a href={playground(sent)} target="_blank" rel="opener">
              Open in the playground
            </a>
          </li>
        </ul>
        <p className="quiet" aria-live="polite">
          {said}
        </p>
      </div>
    </div>
  );
}
