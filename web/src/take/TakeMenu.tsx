import { useId, useState } from 'react';

import { readToken } from '../access/token';
import type { Sent } from '../api/document';
import { useMoment } from '../moment/moment';
import { curl, endpoint, playground, python, save } from './commands';
import { type Table, csv } from './table';

/** A form of an answer that only its page can write: its name, and what saves or copies it. */
export type TakeForm = readonly [name: string, act: () => void];

interface TakeMenuProps {
  /** The request as it was sent. */
  sent: Sent;
  /** Its answer. */
  answer: unknown;
  /** Writes the rows. */
  table?: (() => Table) | undefined;
  command?: string | undefined;
  forms?: TakeForm[] | undefined;
}

/** What a reader can take from a block: its link, its rows, and the request in other forms. */
export function TakeMenu({ sent, answer, table, command, forms = [] }: TakeMenuProps) {
  const id = useId();
  const [said, setSaid] = useState('');
  const moment = useMoment();

  async function copy(what: string, text: string) {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(`${what} copied`);
    } catch {
      setSaid('The browser does not allow copying here.');
    }
  }

  function permanent(): string {
    const url = new URL(location.href);
    url.searchParams.set('asOf', moment.seq);
    return url.href;
  }

  const hasToken = readToken() !== null;
  const items: TakeForm[] = [
    ['Copy link (always the newest)', () => void copy('Link', location.href)],
    [`Copy permanent link (seq ${moment.seq})`, () => void copy('Permanent link', permanent())],
    ...(table === undefined ? [] : ([['Save these rows as CSV', () => save('stemma.csv', 'text/csv', csv(table()))]] as TakeForm[])),
    ...forms,
    ['Save the answer as JSON', () => save('stemma.json', 'application/json', JSON.stringify(answer, null, 2))],
    ['Copy GraphQL', () => void copy('GraphQL', `${sent.query}\n\n# variables\n# ${JSON.stringify(sent.variables)}\n`)],
    ['Copy curl', () => void copy('curl', curl(sent, endpoint(), hasToken))],
    ['Copy Python', () => void copy('Python', python(sent, endpoint(), hasToken))],
    ...(command === undefined ? [] : ([['Copy command line', () => void copy('Command', command)]] as TakeForm[])),
  ];

  return (
    <div className="take">
      <button type="button" popoverTarget={id} aria-haspopup="true">
        Take it with you
      </button>
      <div id={id} popover="auto" className="take-menu">
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
