export interface Example {
  /** The question that it answers: the first comment line of its file. */
  title: string;
  query: string;
}

const files = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/** The files of `examples/` in the order of their numbers; the first finds affected training sets. */
export const examples: Example[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([, query]) => ({ title: query.split('\n', 1).join().replace(/^#\s*/, ''), query }));
