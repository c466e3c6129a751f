import { afterEach, describe, expect, it, vi } from 'vitest';

import { allPages, type ListPage } from './allPages';

interface Asked {
  first: number;
  after: string | null;
}

interface Data {
  list: ListPage & { nodes: number[] };
}

/** Serves the numbers below `count`, at most `most` of them in one request. */
function serve(count: number, most = 1_000, info?: (start: number) => ListPage['info']): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('sessionStorage', { getItem: () => null });
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string }) => {
    const { variables } = JSON.parse(body) as { variables: Asked };
    asked.push(variables);
    if (variables.first > most) return Response.json({ errors: [{ message: 'too much', extensions: { code: 'BAD_USER_INPUT', reason: 'LIMIT_EXCEEDED' } }] });
    const start = Number(variables.after ?? 0);
    const end = Math.min(count, start + variables.first);
    const nodes = Array.from({ length: end - start }, (_, at) => start + at);
    const list = { nodes, totalCount: count, pageInfo: { hasNextPage: end < count, endCursor: String(end) }, ...(info && { info: info(start) }) };
    return Response.json({ data: { list } });
  });
  return asked;
}

function read(report: (done: number, total: number) => void = () => undefined, signal = new AbortController().signal) {
  return allPages<Data>({
    sent: { query: '{ list }', variables: { seq: '30', after: '7' } },
    table: ({ list }) => ({ columns: ['number'], rows: list.nodes.map((number) => [number]) }),
    page: ({ list }) => list,
    report,
    signal,
  });
}

afterEach(() => vi.unstubAllGlobals());

describe('all pages', () => {
  it('are read from the beginning, wherever the page on the screen is, with one line of names', async () => {
    serve(1_201);
    const progress: number[][] = [];
    const lines = (await read((...step) => progress.push(step))).join('').trimEnd().split('\r\n');
    expect(lines).toEqual(['number', ...Array.from({ length: 1_201 }, (_, at) => String(at))]);
    expect(progress).toEqual([[500, 1_201], [1_000, 1_201], [1_201, 1_201]]);
  });

  it('are smaller if the server cannot answer large ones', async () => {
    const asked = serve(60, 40);
    expect((await read()).join('').split('\r\n')).toHaveLength(62);
    expect(asked.map(({ first }) => first)).toEqual([500, 125, 31, 31]);
  });

  it('are an error if the answer stops without a way to continue, and go on if there is one', async () => {
    serve(3, 1_000, (start) => ({ complete: start > 0, resume: '2' }));
    expect((await read()).join('')).toBe('number\r\n0\r\n1\r\n2\r\n2\r\n');
    serve(3, 1_000, () => ({ complete: false, resume: null }));
    await expect(read()).rejects.toThrow('not whole');
  });

  it('are asked for with the variables of their list, if a document has several', async () => {
    const asked = serve(600);
    const variables = (first: number, moves: string | null) => ({ first, after: moves, statements: [] });
    await allPages<Data>({ sent: { query: '{ list }', variables: { seq: '30' } }, table: () => ({ columns: [], rows: [] }), page: ({ list }) => list, variables, report: () => undefined, signal: new AbortController().signal });
    expect(asked).toEqual([
      { seq: '30', first: 500, after: null, statements: [] },
      { seq: '30', first: 500, after: '500', statements: [] },
    ]);
  });

  it('end when they are cancelled', async () => {
    const own = new AbortController();
    serve(2_000);
    vi.stubGlobal('fetch', vi.fn(fetch).mockImplementation(async (_, init) => {
      init?.signal?.throwIfAborted();
      own.abort();
      return Response.json({ data: { list: { nodes: [0], totalCount: 2_000, pageInfo: { hasNextPage: true, endCursor: '1' } } } });
    }));
    await expect(read(undefined, own.signal)).rejects.toThrow();
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
