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

TOUR = """\
# What a reply can hold

Words stream in as they are written. You can scroll, select, search and copy
while they come; the view follows only while you are at its end.

## Prose

Text can be *emphasised*, **strong**, ***both***, ~~withdrawn~~ or `code`.
A [link](https://www.example.com/) shows where it leads before it opens.
A line can end  
here on purpose, and a character can be escaped: \\*not emphasised\\*.

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

---

## Code

```python
def gcd(a: int, b: int) -> int:
    \"\"\"Return the greatest common divisor; 1 for coprime numbers.\"\"\"
    while b:
        a, b = b, a % b
    return a


print(gcd(14, 15))
```

```sh
curl https://api.pinference.ai/api/v1/models
```

```
Text without a language keeps its   spaces.
```

## Every script

Grüße, Ελλάδα, Привет, 你好, こんにちは, 한국어, नमस्ते, 👩‍🔬 and مرحبا.

### The end

Add a key in *Accounts* to talk to real models, or try the other demo models:
`demo/echo`, `demo/thinker` and `demo/fast`. Those called `demo/fails-…` fail, each in
its own way, to show what happens then.
"""

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
