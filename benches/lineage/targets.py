"""What was asked of stemma, as ratios to a peer of the same run."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    what: str
    # Where the two numbers stand in the results: (peer, part, figure).
    ours: tuple[str, str, str]
    theirs: tuple[str, str, str] | None
    limit: float
    # Whether the ratio may be at most, or must be at least, the limit.
    at_most: bool = True

    def text(self) -> str:
        sign = "≤" if self.at_most else "≥"
        return f"{sign} {self.limit:g} × {self.theirs[0]}" if self.theirs else f"{sign} {self.limit / 2**30:g} GiB"


def _question(question: str, peer: str, ours: str, limit: float) -> Target:
    how = "HTTP" if ours == "stemma" else "engine"
    return Target(f"Q{question[1:]} {how}", (ours, question, "p50_us"), (peer, question, "p50_us"), limit)


def _http(question: str, limit: float) -> Target:
    return _question(question, "postgraphile", "stemma", limit)


def _engine(question: str, peer: str, limit: float) -> Target:
    return _question(question, peer, "engine", limit)


TARGETS = [
    _http("q1", 0.10), _http("q2", 0.10),
    _http("q3", 0.10), _engine("q3", "sqlite", 0.10),
    _http("q3b", 0.01), _engine("q3b", "duckdb", 0.25),
    _http("q4", 0.05), _engine("q4", "csr", 3),
    _http("q5", 0.10), _engine("q5", "csr", 5),
    _http("q6", 0.10), _engine("q6", "sqlite", 0.10),
    _http("q7", 0.10), _engine("q7", "sqlite", 0.10),
    Target("W1 versions/s", ("stemma", "w1", "versions_per_s"), ("postgraphile", "w1", "versions_per_s"), 2, at_most=False),
    Target("W2 p50", ("stemma", "w2", "p50_us"), ("postgraphile", "w2", "p50_us"), 0.5),
    Target("W2 16 clients", ("stemma", "w2_16", "per_s"), ("postgraphile", "w2_16", "per_s"), 10, at_most=False),
    Target("load", ("stemma", "facts", "load_s"), ("sqlite", "facts", "load_s"), 3),
    Target("disk", ("stemma", "facts", "disk"), ("sqlite", "facts", "disk"), 4),
    Target("peak RSS", ("stemma", "facts", "rss"), None, 2 ** 30),
]


def judge(target: Target, results: dict) -> tuple[float | None, str]:
    """The number reached, none where a part was not measured, and "yes" or "no"."""
    figure = lambda place: results["peers"].get(place[0], {}).get(place[1], {}).get(place[2])
    ours, theirs = figure(target.ours), figure(target.theirs) if target.theirs else 1
    if not ours or not theirs:
        return None, "not measured"
    ratio = ours / theirs
    return ratio, "yes" if (ratio <= target.limit) == target.at_most or ratio == target.limit else "**no**"
