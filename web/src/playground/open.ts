import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

/** A request that is opened in a tab. */
export interface Request {
  query: string;
  variables?: string | undefined;
  /** The operation that runs, if the query has several. */
  operationName?: string | undefined;
}

/** Returns a function that opens a request in a new tab, once the editors exist. */
export function useOpen(): ((request: Request) => void) | undefined {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  if (queryEditor === undefined || variableEditor === undefined) return undefined;
  return ({ query, variables }) => {
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables ?? '');
  };
}
