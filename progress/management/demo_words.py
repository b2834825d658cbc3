"""What partners write in the demonstration: no two the same words about one thing in one round."""

from collections.abc import Mapping, Sequence
from random import Random

# A text has far more ways to be filled in than there are partners.
TRIES = 1000


class Details:
    """Fills made-up teams, people, months and numbers into a text."""

    def __init__(self, choices: Mapping[str, Sequence[str | int]], seed: int) -> None:
        self.choices = choices
        # Not the story's own: who says what, and how far it is, do not hang on these.
        self.random = Random(seed)  # noqa: S311  a story, not a secret
        self.written: set[tuple[int, str]] = set()

    def fill(self, text: str, round_: int) -> str:
        """Fill in the text as nobody has in this round; ValueError where there is no other way."""
        for _ in range(TRIES):
            words = text.format(**self._some())
            if (round_, words) not in self.written:
                self.written.add((round_, words))
                return words
        raise ValueError(f"There are too few ways to write: {text}")

    def _some(self) -> dict[str, str]:
        teams = self.random.sample(self.choices["team"], 3)
        some = {name: self.random.choice(found) for name, found in self.choices.items()}
        some |= dict(zip(("team", "second", "third"), teams, strict=True))
        words = {name: str(word) for name, word in some.items()}
        return words | {name.capitalize(): _begin(word) for name, word in words.items()}


def _begin(word: str) -> str:
    """The word as a sentence begins with it."""
    return word[:1].upper() + word[1:]
