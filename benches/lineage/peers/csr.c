// The graph as arrays in memory, walked by the least code that gives the answer: the reference for every answer, and
// how fast a traversal on this machine can be at best. cc -O3 -march=native -shared -fPIC -o libcsr.so csr.c
//
// up:   what a version was made from, rows sorted by (target, kind)
// down: what was made from it
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  int64_t n;
  uint32_t *up_at, *up, *down_at, *down;
  uint8_t *up_kind, *down_kind, *kind;
  int64_t *ts;
  int32_t *next;              // the version that supersedes it, or -1
  uint32_t *mark, epoch;      // visited in the walk with this number
  uint32_t *queue;
  int64_t ns;                 // how long the last question took
} Graph;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int by_number(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static int by_id(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void sort_rows(Graph *g) {
  uint64_t *row = NULL;
  size_t room = 0;
  for (int64_t v = 0; v < g->n; v++) {
    uint32_t from = g->up_at[v], count = g->up_at[v + 1] - from;
    if (count > room) row = realloc(row, (room = count) * sizeof *row);
    for (uint32_t i = 0; i < count; i++) row[i] = (uint64_t)g->up[from + i] << 8 | g->up_kind[from + i];
    qsort(row, count, sizeof *row, by_number);
    for (uint32_t i = 0; i < count; i++) g->up[from + i] = row[i] >> 8, g->up_kind[from + i] = row[i] & 255;
  }
  free(row);
}

Graph *graph_new(int64_t n, int64_t m, const uint32_t *src, const uint32_t *dst, const uint8_t *edge_kind,
                 const uint8_t *kind, const int64_t *ts, const int64_t *supersedes) {
  Graph *g = calloc(1, sizeof *g);
  g->n = n;
  g->up_at = calloc(n + 2, 4), g->down_at = calloc(n + 2, 4);
  g->up = malloc(m * 4 + 4), g->down = malloc(m * 4 + 4), g->up_kind = malloc(m + 1), g->down_kind = malloc(m + 1);
  for (int64_t i = 0; i < m; i++) g->up_at[src[i] + 1]++, g->down_at[dst[i] + 1]++;
  for (int64_t i = 0; i < n; i++) g->up_at[i + 1] += g->up_at[i], g->down_at[i + 1] += g->down_at[i];
  uint32_t *u = malloc((n + 1) * 4), *d = malloc((n + 1) * 4);
  memcpy(u, g->up_at, (n + 1) * 4), memcpy(d, g->down_at, (n + 1) * 4);
  for (int64_t i = 0; i < m; i++) {
    uint32_t p = u[src[i]]++, q = d[dst[i]]++;
    g->up[p] = dst[i], g->up_kind[p] = edge_kind[i];
    g->down[q] = src[i], g->down_kind[q] = edge_kind[i];
  }
  free(u), free(d);
  sort_rows(g);
  g->kind = malloc(n), memcpy(g->kind, kind, n);
  g->ts = malloc(n * 8), memcpy(g->ts, ts, n * 8);
  g->next = malloc(n * 4), memset(g->next, 255, n * 4);
  for (int64_t i = 0; i < n; i++) if (supersedes[i] >= 0) g->next[supersedes[i]] = i;
  g->mark = calloc(n, 4), g->queue = malloc(n * 4 + 4);
  return g;
}

int64_t graph_ns(Graph *g) { return g->ns; }

// What a version was made from: how many edges, and where they begin.
int64_t graph_sources(Graph *g, uint32_t v, uint32_t **targets, uint8_t **kinds) {
  *targets = g->up + g->up_at[v], *kinds = g->up_kind + g->up_at[v];
  return g->up_at[v + 1] - g->up_at[v];
}

// Breadth first into g->queue[1..]; edges whose kind is not in the mask are not followed. Says how many were reached.
static int64_t walk(Graph *g, uint32_t start, int down, uint32_t mask) {
  uint32_t *at = down ? g->down_at : g->up_at, *to = down ? g->down : g->up;
  uint8_t *kind = down ? g->down_kind : g->up_kind;
  uint32_t epoch = ++g->epoch, *queue = g->queue;
  int64_t head = 0, tail = 0;
  queue[tail++] = start, g->mark[start] = epoch;
  while (head < tail) {
    uint32_t v = queue[head++];
    for (uint32_t j = at[v], end = at[v + 1]; j < end; j++) {
      if (!(mask >> kind[j] & 1)) continue;
      uint32_t w = to[j];
      if (g->mark[w] != epoch) g->mark[w] = epoch, queue[tail++] = w;
    }
  }
  return tail - 1;
}

// Q3, Q6: the versions of one kind, not later than `until`, that hold this one; sorted, in g->queue[1..].
int64_t graph_holders(Graph *g, uint32_t v, uint32_t mask, int kind, int64_t until, uint32_t **found) {
  int64_t start = now(), reached = walk(g, v, 1, mask), count = 0;
  uint32_t *queue = g->queue + 1;
  for (int64_t i = 0; i < reached; i++)
    if (g->kind[queue[i]] == kind && g->ts[queue[i]] <= until) queue[count++] = queue[i];
  qsort(queue, count, 4, by_id);
  *found = queue;
  g->ns = now() - start;
  return count;
}

// Q6: whether it was superseded by then.
int graph_stale(Graph *g, uint32_t v, int64_t at) { return g->next[v] >= 0 && g->ts[g->next[v]] <= at; }

// Q3b: how many superseded versions of one kind each version of another kind holds.
void graph_stale_in(Graph *g, uint32_t mask, int label, int set, uint32_t *count) {
  int64_t start = now();
  memset(count, 0, g->n * 4);
  for (int64_t v = 0; v < g->n; v++) {
    if (g->next[v] < 0 || g->kind[v] != label) continue;
    int64_t reached = walk(g, v, 1, mask);
    for (int64_t i = 1; i <= reached; i++) if (g->kind[g->queue[i]] == set) count[g->queue[i]]++;
  }
  g->ns = now() - start;
}

// Q4: how many lie upstream, how many of them are of one kind, and the `most` with the smallest ids.
int64_t graph_upstream(Graph *g, uint32_t v, int kind, int64_t *of_kind, uint32_t *first, int64_t most, int64_t *got) {
  int64_t start = now(), reached = walk(g, v, 0, ~0u), count = 0, n = 0;
  for (int64_t i = 1; i <= reached; i++) count += g->kind[g->queue[i]] == kind;
  int64_t want = reached < most ? reached : most;
  for (uint32_t id = 0; n < want; id++) if (g->mark[id] == g->epoch && id != v) first[n++] = id;
  *of_kind = count, *got = n;
  g->ns = now() - start;
  return reached;
}

// The depth of everything upstream, -1 for what is not: to check an answer that is sorted by distance.
void graph_depths(Graph *g, uint32_t v, int32_t *depth) {
  memset(depth, 255, g->n * 4);
  int64_t head = 0, tail = 0;
  g->queue[tail++] = v, depth[v] = 0;
  while (head < tail) {
    uint32_t x = g->queue[head++];
    for (uint32_t j = g->up_at[x]; j < g->up_at[x + 1]; j++)
      if (depth[g->up[j]] < 0) depth[g->up[j]] = depth[x] + 1, g->queue[tail++] = g->up[j];
  }
}

// Q5: hops upstream from one version to another, -1 where there is no way.
int graph_hops(Graph *g, uint32_t from, uint32_t to) {
  int64_t start = now(), head = 0, tail = 0;
  uint32_t epoch = ++g->epoch, *queue = g->queue;
  int hops = 0, found = from == to ? 0 : -1;
  queue[tail++] = from, g->mark[from] = epoch;
  while (head < tail && found < 0) {
    hops++;
    for (int64_t end = tail; head < end && found < 0; head++) {
      for (uint32_t j = g->up_at[queue[head]]; j < g->up_at[queue[head] + 1]; j++) {
        uint32_t w = g->up[j];
        if (g->mark[w] == epoch) continue;
        if (w == to) { found = hops; break; }
        g->mark[w] = epoch, queue[tail++] = w;
      }
    }
  }
  g->ns = now() - start;
  return found;
}

// Q7: what `a` points at by edges of one kind and `b` does not, ascending; both rows are sorted.
int64_t graph_only_in(Graph *g, uint32_t a, uint32_t b, int kind, uint32_t *out) {
  int64_t start = now(), n = 0;
  uint32_t i = g->up_at[a], j = g->up_at[b], i_end = g->up_at[a + 1], j_end = g->up_at[b + 1];
  for (; i < i_end; i++) {
    if (g->up_kind[i] != kind) continue;
    while (j < j_end && (g->up_kind[j] != kind || g->up[j] < g->up[i])) j++;
    if (j >= j_end || g->up[j] != g->up[i]) out[n++] = g->up[i];
  }
  g->ns = now() - start;
  return n;
}
