import { formatShortcutForOS, isMacOs, KEY_MAP } from '@graphiql/react';

const KEYS: [keys: string, does: string][] = [
  [formatShortcutForOS(KEY_MAP.runQuery.key), 'Run the query'],
  [isMacOs ? 'Ctrl-Shift-M' : 'Ctrl-M', 'Let Tab leave the editor; again: let Tab indent'],
  [KEY_MAP.prettify.key, 'Format the editors'],
  [KEY_MAP.copyQuery.key, 'Copy the query'],
  [KEY_MAP.mergeFragments.key, 'Write fragments into the operation'],
  [formatShortcutForOS(KEY_MAP.searchInEditor.key), 'Search in the editor'],
  [KEY_MAP.refetchSchema.key, 'Ask the server for its schema again'],
  ['F1', 'Show all commands of the editor'],
];

/** The keys of the playground, in the dialog that GraphiQL opens. */
export function ShortKeys() {
  return (
    <table className="graphiql-table">
      <thead>
        <tr>
          <th scope="col">Keys</th>
          <th scope="col">What they do</th>
        </tr>
      </thead>
      <tbody>
        {KEYS.map(([keys, does]) => (
          <tr key={does}>
            <td>
              {keys.split('-').map((key, index) => (
                <span key={key}>
                  {index > 0 && ' + '}
                  <code className="graphiql-key">{key}</code>
                </span>
              ))}
            </td>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
