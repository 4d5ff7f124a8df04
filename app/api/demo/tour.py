"""What the demo says: a tour of what a transcript shows, and a very long text.

Law: every text begins by saying that no model wrote it, and the same request
gives the same text.
"""

from collections.abc import Iterator

OPENING = (
    "*This is the demo inside Coprime. No language model is at work, "
    "and nothing leaves this computer.*\n\n"
)

THOUGHTS = (
    "This is a demo, so nobody is thinking. These words stand where a model's reasoning "
    "would stand: they come first, they can be folded away, and they are counted apart. "
    "They come slowly on purpose, as they do from models that take their time. "
    "Enough of that; now the reply."
)

AFTER_THOUGHT = (
    "The lines above the reply were its reasoning. Models that reason send it before "
    "the first word, and it is billed like any other text.\n\n"
    "Stop works at every moment of it, and what has come stays."
)

TOUR = r'''
# What a reply can hold

Words stream in as they are written. You can scroll, select, search and copy
while they come; the view follows only while you are at its end.

## Prose

Text can be *emphasised*, **strong**, ***both***, ~~withdrawn~~ or `code`.
A [link](https://www.example.com/) shows where it leads before it opens.
A line can end  
here on purpose, and a character can be escaped: \*not emphasised\*.
A note can stand below the text.[^1]

[^1]: Like this one, which is read when there is time for it.

> A quotation stands apart.
>
> > And may hold another one.

## Lists

- One thing
- Another thing, with more to say, so that its lines wrap and the second line
  starts where the first did
  - a thing within it
  - and one more
- The last thing

1. First
2. Second
3. Third

- [x] Done
- [ ] Not yet
  - [ ] and what belongs to it

---

## Tables

| Number | Coprime to it | Share |
|:---|:---:|---:|
| 7 | 1, 2, 3, 4, 5, 6 | 0.857 |
| 12 | 1, 5, 7, 11 | 0.333 |
| 30 | 1, 7, 11, 13, 17, 19, 23, 29 | 0.267 |

A wide one is scrolled sideways:

| n | Prime factors | Totient | Divisors | Sum of divisors | In words | In binary | Remark |
|---:|:---|---:|:---|---:|:---|:---|:---|
| 14 | 2 × 7 | 6 | 1, 2, 7, 14 | 24 | fourteen | `1110` | coprime to 15 |
| 15 | 3 × 5 | 8 | 1, 3, 5, 15 | 24 | fifteen | `1111` | coprime to 14 |
| 28 | 2² × 7 | 12 | 1, 2, 4, 7, 14, 28 | 56 | twenty-eight | `11100` | perfect |

## Maths

Two numbers are coprime if $\gcd(a, b) = 1$, and then $ax + by = 1$ has a solution with
$x, y \in \mathbb{Z}$. How many of them there are up to $n$ is Euler's totient:

$$
\varphi(n) = n \prod_{p \mid n} \left(1 - \frac{1}{p}\right)
$$

Two numbers taken at random are coprime with probability

$$
\frac{1}{\zeta(2)} = \left( \sum_{k=1}^{\infty} \frac{1}{k^2} \right)^{-1}
  = \frac{6}{\pi^2} \approx 0.608.
$$

## Code

```python
def gcd(a: int, b: int) -> int:
    """Return the greatest common divisor; 1 for coprime numbers."""
    while b:
        a, b = b, a % b
    return a


print(gcd(14, 15))
```

```rust
/// Counts the numbers up to `n` that are coprime to it, by looking at each of them in turn.
fn totient(n: u64) -> usize { (1..=n).filter(|&k| gcd(k, n) == 1).count() } // slow, and short
```

```json
{"numbers": [14, 15], "coprime": true, "shared": null}
```

```sh
curl https://api.pinference.ai/api/v1/models
```

```
Text without a language keeps its   spaces.
```

## Every script

Grüße, Ελλάδα, Привет, 你好, こんにちは, 한국어, नमस्ते, 👩‍🔬 and مرحبا.

두 수의 최대공약수가 1이면 서로소라고 한다. 最大公约数是一的两个数叫互质数。

العددان الأوليان فيما بينهما هما عددان لا يقسمهما معا إلا الواحد.

### The end

Add a key in *Accounts* to talk to real models, or try the other demo models:
`demo/echo`, `demo/thinker` and `demo/fast`. Those called `demo/fails-…` fail, each in
its own way, to show what happens then.
'''.lstrip()

_NOUNS = ("river", "lantern", "number", "garden", "engine", "window", "letter", "bridge")
_VERBS = ("follows", "answers", "counts", "mirrors", "carries", "opens", "measures")
_PLACES = ("at noon", "in the north", "by the harbour", "under glass", "without a sound")


def long_text(tokens: int) -> Iterator[str]:
    """Yield about this many words of paragraphs, each with its blank or line end."""
    made = 0
    number = 0
    while made < tokens:
        if number % 40 == 0:
            yield from (f"{'' if not number else chr(10) * 2}## ", f"Part {number // 40 + 1}\n\n")
        sentence = (
            f"The {_NOUNS[number % 8]} {_VERBS[number % 7]} "
            f"the {_NOUNS[(number * 5 + 3) % 8]} {_PLACES[number % 5]}"
        )
        words = sentence.split()
        yield from (f"{word} " for word in words[:-1])
        yield f"{words[-1]}.{chr(10) * 2 if number % 8 == 7 else ' '}"
        made += len(words)
        number += 1
