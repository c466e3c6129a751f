import { ENDPOINT } from '../api/client';
import type { Sent } from '../api/document';

/** The address of the API, as a script outside of the browser uses it. */
export function endpoint(): string {
  return new URL(ENDPOINT, document.baseURI).href;
}

/** Quotes a text for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The request as a curl command. The token is the shell's, never the page's. */
export function curl(sent: Sent, url: string, hasToken: boolean): string {
  return [
    `curl -sS ${shellQuoted(url)}`,
    `-H 'Content-Type: application/json'`,
    ...(hasToken ? ['-H "Authorization: Bearer $STEMMA_TOKEN"'] : []),
    `--data-binary ${shellQuoted(JSON.stringify(sent))}`,
  ].join(' \\\n  ');
}

/** The request as a Python program with the client library `gql`. */
export function python(sent: Sent, url: string, hasToken: boolean): string {
  const headers = hasToken ? ', headers={"Authorization": "Bearer " + os.environ["STEMMA_TOKEN"]}' : '';
  return [
    '# pip install "gql[requests]"',
    'import json',
    ...(hasToken ? ['import os'] : []),
    '',
    'from gql import Client, gql',
    'from gql.transport.requests import RequestsHTTPTransport',
    '',
    `transport = RequestsHTTPTransport(${JSON.stringify(url)}${headers})`,
    'client = Client(transport=transport)',
    `query = gql(${pythonText(sent.query)})`,
    `variables = json.loads(${pythonText(JSON.stringify(sent.variables))})`,
    'query.variable_values = variables',
    'print(json.dumps(client.execute(query), indent=2))',
    '',
  ].join('\n');
}

/** JSON's escapes are Python's, except for those of surrogates, which JSON.stringify writes only for lone ones. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** The request in the playground, in a tab of its own. */
export function playground(sent: Sent): string {
  const query = new URLSearchParams({ query: sent.query, variables: JSON.stringify(sent.variables, null, 2) });
  return `playground?${query}`;
}

/** Saves a text, or its parts in their order, as a file. */
export function save(name: string, type: string, text: string | string[]): void {
  const address = URL.createObjectURL(new Blob([text].flat(), { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
