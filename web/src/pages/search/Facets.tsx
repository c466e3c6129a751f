import { useAnswer } from '../../api/useAnswer';
import { kindWords } from '../../parts/words/kind';
import type { ItemKind } from '../../schema.gen';
import { Block } from '../../states/Block';
import { type FacetFragment, SearchFacetsDocument, type SearchFacetsQueryVariables } from './query.gen';
import styles from './Page.module.css';

/** What a facet narrows the search to. */
export interface Narrowed {
  kind?: ItemKind[];
  ns?: string;
  tag?: string;
}

interface FacetsProps {
  variables: SearchFacetsQueryVariables & { seq: string };
  narrow(to: Narrowed): void;
}

interface Value {
  name: string;
  count: number;
  to: Narrowed;
}

/** The kinds, namespaces and tags of what was found, each with its number: they narrow the search. */
export function Facets({ variables, narrow }: FacetsProps) {
  const answer = useAnswer(SearchFacetsDocument, variables);
  return (
    <Block
      title="Narrow the search"
      asked={answer}
      none={({ at }) => (at.kinds?.itemCount === 0 && at.kinds.info.complete ? <p className="none">There is nothing to narrow.</p> : undefined)}
      extent={({ at }) => {
        const isWhole = at.kinds?.info.complete !== false;
        return { isWhole, words: isWhole ? `seq ${variables.seq}` : `at least so many: not the whole answer, because one request looks at no more items · seq ${variables.seq}` };
      }}
      table={({ at }) => ({
        columns: ['facet', 'value', 'itemCount'],
        rows: facetsOf(at).flatMap(({ name, values }) => values.map((value) => [name, value.name, value.count])),
      })}
    >
      {({ at }) => (
        <dl className={styles.facets}>
          {facetsOf(at)
            .filter(({ values }) => values.length > 0)
            .map(({ name, values, more }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {values.map((value) => (
                    <button key={value.name} type="button" onClick={() => narrow(value.to)}>
                      {value.name} <span className="quiet">{value.count.toLocaleString()}</span>
                    </button>
                  ))}
                  {more > 0 && <span className="quiet">and {more.toLocaleString()} more</span>}
                </dd>
              </div>
            ))}
        </dl>
      )}
    </Block>
  );
}

/** Largest first; items without a tag are no value to narrow to. */
function facetsOf(at: { [Name in 'kinds' | 'namespaces' | 'tags']: FacetFragment | null }): { name: string; values: Value[]; more: number }[] {
  const facet = (name: string, found: FacetFragment | null, valueOf: (group: FacetFragment['groups']['nodes'][number]) => Value[]) => ({
    name,
    values: found?.groups.nodes.flatMap(valueOf) ?? [],
    more: (found?.groups.totalCount ?? 0) - (found?.groups.nodes.length ?? 0),
  });
  return [
    facet('kind', at.kinds, ({ kind, itemCount }) => (kind === null ? [] : [{ name: kindWords(kind, 2), count: itemCount, to: { kind: [kind] } }])),
    facet('namespace', at.namespaces, ({ namespace, itemCount }) => (namespace === null ? [] : [{ name: namespace, count: itemCount, to: { ns: namespace } }])),
    facet('tag', at.tags, ({ tag, itemCount }) => (tag === null ? [] : [{ name: tag, count: itemCount, to: { tag } }])),
  ];
}
