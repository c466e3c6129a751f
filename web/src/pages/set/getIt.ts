import { type Named, reference } from '../../url/reference';
import { shellQuoted } from '../../take/commands';

/** The formats of `stemma export annotations`. */
export const FORMATS = [
  'coco',
  'yolo',
  'voc',
  'label-studio',
  'cvat',
  'datumaro',
  'huggingface',
  'webdataset',
  'labelme',
  'via',
  'geojson',
  'csv',
] as const;

interface Wanted {
  /** The version: its number makes the lines permanent, whatever comes after. */
  set: Named;
  split: string | undefined;
  seq: string;
  /** The address of this server, without a slash at the end. */
  server: string;
  hasToken: boolean;
}

/** The line that writes the original files, with a manifest. */
export function checkoutLine({ set, seq, server }: Wanted): string {
  return `stemma checkout ${shellQuoted(reference(set))} ${shellQuoted(folder(set))} --as-of ${seq} --server ${shellQuoted(server)}`;
}

/** The line that writes the set in the format of a tool. */
export function annotationsLine({ set, split, seq, server }: Wanted, format: string): string {
  const only = split === undefined ? '' : ` --split ${shellQuoted(split)}`;
  return `stemma export annotations ${shellQuoted(reference(set))} --format ${format} --dir ${shellQuoted(`${folder(set)}-${format}`)}${only} --as-of ${seq} --server ${shellQuoted(server)}`;
}

/** The line that downloads one document of the set without an installation. */
export function downloadLine(wanted: Wanted, form: 'coco' | 'croissant'): string {
  const header = wanted.hasToken ? ' -H "Authorization: Bearer $STEMMA_TOKEN"' : '';
  const file = `${folder(wanted.set).slice(2)}.${form}.json`;
  return `curl -sSf${header} ${shellQuoted(`${wanted.server}/${exportPath(wanted, form)}`)} -o ${shellQuoted(file)}`;
}

/** The relative address of a document of the set. Only COCO has splits. */
export function exportPath({ set, split, seq }: Wanted, form: 'coco' | 'croissant'): string {
  const query = new URLSearchParams({ set: reference(set) });
  if (form === 'coco' && split !== undefined) query.set('split', split);
  query.set('asOf', seq);
  return `export/${form}?${query}`;
}

/** A program without dependencies that reads all members, page by page at one seq. */
export function pythonProgram({ set, split, seq, server, hasToken }: Wanted): string {
  const text = (value: string) => JSON.stringify(value);
  return `import json
${hasToken ? 'import os\n' : ''}import urllib.request

SERVER = ${text(server)}
QUERY = """
query ($seq: Seq!, $set: String!, $split: String, $after: String) {
  at(asOf: {seq: $seq}) {
    resolve(ref: $set) {
      flatMembers(first: 1000, split: $split, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          split
          version { hash attributes item { namespace kind key } payload { path } sources(first: 2) { nodes { role source { payload { path } } } } }
        }
      }
    }
  }
}
"""


def members():
    after = None
    while True:
        variables = {"seq": ${text(seq)}, "set": ${text(reference(set))}, "split": ${split === undefined ? 'None' : text(split)}, "after": after}
        headers = {"Content-Type": "application/json"${hasToken ? ', "Authorization": "Bearer " + os.environ["STEMMA_TOKEN"]' : ''}}
        body = json.dumps({"query": QUERY, "variables": variables}).encode()
        with urllib.request.urlopen(urllib.request.Request(SERVER + "/graphql", body, headers)) as response:
            answer = json.load(response)
        if "errors" in answer:
            raise RuntimeError(answer["errors"][0]["message"])
        page = answer["data"]["at"]["resolve"]["flatMembers"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


for member in members():
    version = member["version"]
    print(member["split"], version["item"]["key"], version["attributes"])  # its bytes: SERVER + version["payload"]["path"]
`;
}

/** A folder that is named after the set. */
function folder({ item, number }: Named): string {
  const name = `${item.key}-${number ?? 'head'}`.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '');
  return `./${name === '' ? 'set' : name}`;
}
