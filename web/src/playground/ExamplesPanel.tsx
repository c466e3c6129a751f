import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';

import { type Example, examples } from './examples';
import { useOpen } from './open';

/** All examples; the first ones are also the tabs of a new visitor. */
export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: ExamplesIcon,
  content: ExamplesPanel,
};

function ExamplesPanel() {
  const { changeTab } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const openNew = useOpen();

  function open({ query }: Example) {
    const index = tabs.findIndex((tab) => tab.query === query);
    if (index >= 0) {
      changeTab(index);
    } else {
      openNew?.({ query });
    }
  }

  return (
    <section className="examples" aria-label="Examples">
      <h2 className="examples-heading">Examples</h2>
      <ol className="examples-list">
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" className="examples-item" onClick={() => open(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ol>
      <p className="examples-note">
        Bundled with this page: <a href="licenses.txt">open-source packages and their licences</a>.
      </p>
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M7.5 5h9M7.5 10h9M7.5 15h9" />
      <path d="M3.5 5h.01M3.5 10h.01M3.5 15h.01" strokeWidth="2.5" />
    </svg>
  );
}
