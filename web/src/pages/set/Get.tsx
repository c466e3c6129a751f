import { readToken } from '../../access/token';
import { useMoment } from '../../moment/moment';
import { endpoint } from '../../take/commands';
import { CopyLine } from '../../take/CopyLine';
import { FORMATS, annotationsLine, checkoutLine, downloadLine, exportPath, pythonProgram } from './getIt';
import { splitsOf } from './params';
import type { SetQuery } from './queries/set.gen';

interface GetProps {
  set: NonNullable<SetQuery['at']['resolve']>;
  split: string | undefined;
  format: (typeof FORMATS)[number];
  choose(changes: { split?: string | undefined; format?: (typeof FORMATS)[number] }): void;
}

/** How to get the set: as files, in the format of a tool, as one document, or in a program. */
export function Get({ set, split, format, choose }: GetProps) {
  const { seq } = useMoment();
  const splits = splitsOf(set.memberSummary?.groups.nodes);
  const wanted = { set, split, seq, server: endpoint().replace(/\/graphql$/, ''), hasToken: readToken() !== null };
  return (
    <section className="block" aria-label="Get it">
      <header className="block-head">
        <h2>Get it</h2>
        {splits.length > 1 && (
          <label>
            split{' '}
            <select value={split ?? ''} onChange={(event) => choose({ split: event.target.value || undefined })}>
              <option value="">all</option>
              {splits.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
      </header>
      <p className="quiet">
        These lines name version #{set.number} and seq {seq}: they give the same files at any later time.
        {wanted.hasToken && ' They read the token from the variable STEMMA_TOKEN.'}
      </p>
      <CopyLine name="The original files, verified, with a manifest (all splits)" text={checkoutLine(wanted)} />
      <label>
        the format of a tool{' '}
        <select value={format} onChange={(event) => choose({ format: FORMATS.find((one) => one === event.target.value) ?? 'coco' })}>
          {FORMATS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <CopyLine name={`Images and labels as ${format}`} text={annotationsLine(wanted, format)} />
      <CopyLine name="One COCO document, without an installation" text={downloadLine(wanted, 'coco')} />
      <CopyLine name="The description of the set in Croissant (all splits)" text={downloadLine(wanted, 'croissant')} />
      {!wanted.hasToken && (
        <p>
          In the browser: <a href={exportPath(wanted, 'coco')}>COCO</a> · <a href={exportPath(wanted, 'croissant')}>Croissant</a>
        </p>
      )}
      <CopyLine name="Python: every member, in pages" text={pythonProgram(wanted)} />
    </section>
  );
}
