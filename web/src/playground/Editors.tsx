import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

import { type Request, useOpen } from './open';

/** Wraps lines and opens the linked request, once the editors exist. */
export function Editors({ linked }: { linked: Request | null }) {
  const { queryEditor, variableEditor, headerEditor } = useGraphiQL(({ queryEditor, variableEditor, headerEditor }) => ({
    queryEditor,
    variableEditor,
    headerEditor,
  }));
  // Without a horizontal scroll position, which would stay when the tab changes.
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor]) {
      editor?.updateOptions({ wordWrap: 'on', wrappingIndent: 'indent' });
    }
  }, [queryEditor, variableEditor, headerEditor]);
  useLinked(linked);
  return null;
}

function useLinked(linked: Request | null) {
  const { setOperationName } = useGraphiQLActions();
  const operations = useGraphiQL((state) => state.operations);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const open = useOpen();
  const isOpened = useRef(false);
  const isNamed = useRef(false);

  useEffect(() => {
    if (linked === null || open === undefined || isOpened.current) return;
    isOpened.current = true;
    open(linked);
  }, [linked, open]);

  // The editor selects the first operation when it has read the query, and Ctrl-Enter runs the one with the cursor.
  useEffect(() => {
    const name = linked?.operationName;
    const operation = operations?.find((operation) => operation.name?.value === name);
    if (name === undefined || operation === undefined || isNamed.current) return;
    isNamed.current = true;
    setOperationName(name);
    const start = queryEditor?.getModel()?.getPositionAt(operation.loc?.start ?? 0);
    if (start !== undefined) queryEditor?.setPosition(start);
  }, [linked, operations, queryEditor, setOperationName]);
}
