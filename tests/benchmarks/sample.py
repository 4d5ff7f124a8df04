"""Sample: a reply of any length with a bit of everything in it, the same each time."""

from collections.abc import Iterator
from random import Random

TOKEN = 4
"""Characters of a token, about as many as models have."""
SEED = 20_261_123
_WORDS = [
    "the", "advantage", "of", "a", "group", "is", "reward", "each", "reply", "minus", "mean",
    "all", "them", "loss", "gradient", "policy", "where", "sampled", "from", "older", "weights",
    "clipped", "ratio", "keeps", "update", "small", "enough", "to", "trust", "while", "memory",
    "grows", "with", "every", "layer", "attention", "heads", "share", "keys", "and", "values",
    "so", "cache", "stays", "small",
]  # fmt: skip
_HAN = "優勢函數以組內平均獎勵為基準避免訓練價值網路從而節省記憶體並提高穩定性"
_HANGUL = "보상은 각 응답의 점수에서 그룹 평균을 뺀 값이며 모델은 이를 바탕으로 학습한다"
_ARABIC = "تُحسب الأفضلية بطرح متوسط المكافآت من مكافأة كل إجابة ثم تُقسَّم على الانحراف المعياري"
_EMOJI = ("👩‍🚀", "🙂🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "✅", "🇪🇺", "❤️‍🔥", "🚀")
_PYTHON = '''def advantage_{0}(rewards: list[float], floor: float = 1e-{1}) -> list[float]:
    """Return by how much each reward is better than the mean."""
    mean = sum(rewards) / len(rewards)  # of the group
    spread = max((sum((r - mean) ** 2 for r in rewards) / {1}) ** 0.5, floor)
    return [(r - mean) / spread for r in rewards]'''
_RUST = """pub fn clip_{0}(ratio: f64, width: f64) -> f64 {{
    // No step is larger than the width.
    let (low, high) = (1.0 - width, 1.0 + {1}.0 * width);
    match ratio {{
        r if r < low => low,
        r if r > high => high,
        r => r,
    }}
}}"""
_SCRIPT = """const group{0} = await Promise.all(
  prompts.slice(0, {1}).map(async (prompt) => {{
    const reply = await fetch(`/v1/${{prompt.id}}`, {{ method: "POST" }});
    return reply.ok ? reply.json() : null; // left out
  }}),
);"""
_QUERY = """SELECT model, COUNT(*) AS replies, AVG(reward) AS mean
FROM runs WHERE step > {0} AND reward IS NOT NULL
GROUP BY model HAVING COUNT(*) >= {1} ORDER BY mean DESC;"""


def reply(tokens: int) -> str:
    """Return a text of so many tokens. A shorter one is the beginning of a longer one."""
    parts, length = [], 0
    for part in _parts(Random(SEED)):
        parts.append(part)
        length += len(part)
        if length >= tokens * TOKEN:
            break
    return "".join(parts)[: tokens * TOKEN]


def tokens_of(text: str) -> list[str]:
    """Return the tokens of a text. They end anywhere, also inside a sign."""
    return [text[at : at + TOKEN] for at in range(0, len(text), TOKEN)]


def frames_of(text: str) -> list[list[str]]:
    """Return the tokens that come with each of sixty frames a second, 200 of them a second."""
    tokens = tokens_of(text)
    count = len(tokens) * 3 // 10
    return [tokens[i * 10 // 3 : (i + 1) * 10 // 3] for i in range(count)]


def table(rows: int) -> str:
    """Return a table of so many rows."""
    return "".join(["| step | what | mean |\n|---:|---|---:|\n", *map(_row, range(rows))])


def listing(lines: int) -> str:
    """Return a fence of so many lines of Python."""
    code = (_PYTHON.format(i, 8).splitlines() for i in range(lines // 5))
    return "```python\n" + "".join(line + "\n" for it in code for line in it)


def items(count: int) -> str:
    """Return a list of so many items, some of them inside others."""
    random = Random(SEED)
    return "".join(
        f"{'    ' if i % 5 in (2, 3) else ''}- {_sentence(random)}\n" for i in range(count)
    )


def prose(paragraphs: int) -> str:
    """Return so many paragraphs."""
    random = Random(SEED)
    return "".join(_prose(random, 5) + "\n\n" for _ in range(paragraphs))


def paragraph(characters: int) -> str:
    """Return a paragraph of so many characters, with markup in it."""
    random = Random(SEED)
    text = ""
    while len(text) < characters:
        text += _sentence(random) + " "
    return text[:characters]


def _parts(random: Random) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        at, count = number * 7, random.randint(3, 9)
        yield f"## {number}. {' '.join(random.choices(_WORDS, k=5)).capitalize()}\n\n"
        yield _prose(random, 5) + "\n\n"
        yield f"```python\n{_PYTHON.format(at, count)}\n```\n\n"
        yield _list(random) + "\n"
        yield f"Each is $A_{{{number}}} = r_i - \\bar r$, and for all of them:\n\n"
        yield f"$$J_{{{number}}} = \\frac{{1}}{{G}} \\sum_{{i=1}}^{{{at}}} \\rho_i A_i$$\n\n"
        yield _prose(random, 4) + "\n\n"
        yield f"```rust\n{_RUST.format(at, count)}\n```\n\n"
        yield f"### {random.choice(_EMOJI)} {random.choice(_WORDS).capitalize()}\n\n"
        yield "| step | what | mean |\n|---:|---|---:|\n"
        yield "".join(_row(random.randrange(999)) for _ in range(8)) + "\n"
        yield "".join(random.choices(_HAN, k=90)) + "。\n\n"
        yield " ".join(random.choices(_HANGUL.split(), k=30)) + ".\n\n"
        yield " ".join(random.choices(_ARABIC.split(), k=30)) + ".\n\n"
        yield f"```ts\n{_SCRIPT.format(at, count)}\n```\n\n"
        yield "> " + _prose(random, 2) + "\n>\n> — *somebody*\n\n"
        yield "".join(f"- [{'x' if i % 2 else ' '}] {_sentence(random)}\n" for i in range(4)) + "\n"
        yield f"```sql\n{_QUERY.format(at, count)}\n```\n\n"
        yield " ".join(f"{random.choice(_EMOJI)} {_sentence(random)}" for _ in range(4)) + "\n\n"
        yield _prose(random, 6) + "\n\n---\n\n"


def _prose(random: Random, sentences: int) -> str:
    return " ".join(_sentence(random) for _ in range(sentences))


def _sentence(random: Random) -> str:
    words = random.choices(_WORDS, k=random.randint(8, 16))
    at = random.randrange(len(words))
    words[at] = random.choice(("**{}**", "*{}*", "`{}`", "[{}](https://a.example)", "{}")).format(
        words[at]
    )
    return " ".join(words) + "."


def _list(random: Random) -> str:
    lines = []
    for number in range(1, 4):
        lines.append(f"{number}. {_sentence(random)}")
        lines += [f"   - {_sentence(random)}" for _ in range(2)]
        lines.append(f"     - `{random.choice(_WORDS)}` {_sentence(random)}")
    return "\n".join(lines) + "\n"


def _row(number: int) -> str:
    what = " ".join(_WORDS[(number + i) % len(_WORDS)] for i in range(3))
    return f"| {number} | {what} | {number * 37 % 1000 / 1000:.3f} |\n"
