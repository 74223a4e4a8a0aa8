"""Scope words: "in the NIST framework", "according to Reuters", "only official documents" restrict the sources.

>>> from govqa.types import Source
>>> scope = find_scope("According to Reuters, what did Li say?", [Source("1", "China proposes …", publisher="Reuters")])
>>> scope.question, scope.filters.publishers
('What did Li say?', ('Reuters',))

A phrase counts only if it names a source of the library: by publisher (or its acronym), by words of its title with
a noun for a text among them ("the action plan"), or by kind. "In China" therefore restricts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from govqa.conversation.grammar import tokenise
from govqa.conversation.words import DETERMINERS, FUNCTION_WORDS, SAYING, TEXTS
from govqa.types import Filters, Source

_KIND_WORDS = {
    "official": r"official(?: (?:documents?|sources?|texts?|publications?|statements?))?|government documents?",
    "news": r"news(?: (?:reports?|articles?|sources?|stor(?:y|ies)))?|press(?: reports?)?|newspapers?|journalists",
    "discussion": r"discussions?|comments?|comment section|commenters|forums?|discussion threads?|threads?",
    "law": r"laws?|legislation|statutes|legal texts?|acts of (?:law|parliament)",
    "code": r"codes? of (?:practice|conduct)",
    "paper": r"papers|research papers?|academic (?:papers?|sources?)",
}
_KIND_PHRASE = {"official": "official documents", "news": "news", "discussion": "discussions", "law": "laws",
                "code": "codes of practice", "paper": "papers"}  # fmt: skip
_LEADING = re.compile(r"^\s*(?:according to|as per|per|based on|judging by)\s+(.{2,80}?)\s*,\s*(.+)$", re.I | re.S)
_LEADING_IN = re.compile(r"^\s*(?:in|from|within)\s+(.{2,80}?)\s*,\s*(.+)$", re.I | re.S)
_TRAILING = re.compile(r"^(.+?),?\s+(?:according to|as per|per|based on|as (?:stated|reported|described) (?:in|by))\s+"
                       r"([^,?]{2,80})(\?*)\s*$", re.I | re.S)  # fmt: skip
_ONLY = (
    re.compile(r"^(.+?)[,;(]?\s*\b(?:(?:please )?(?:use|search|in|from|using|with|look in|consider)\s+)?only\s+(?:in "
               r"|from |use |using )?"
               r"(?:the )?([^,?)]{2,60}?)\)?(\?*)[.)\s]*$", re.I | re.S),
    re.compile(r"^(.+?)[,;(]\s*(?:in |from )?(?:the )?([^,?)(]{2,60}?)\s+only\)?(\?*)[.)\s]*$", re.I | re.S),
    re.compile(r"^(.+?)\s+(?:in|from)\s+(?:the )?([^,?)(]{2,60}?)\s+only\)?(\?*)[.)\s]*$", re.I | re.S),
)  # fmt: skip
_ONLY_LEADING = re.compile(r"^\s*(?:only\s+(?:in|from|use|using)|(?:use|using|in|from)\s+only)\s+(?:the "
                           r")?(.{2,60}?)\s*[,:]\s*(.+)$", re.I | re.S)  # fmt: skip
_INSIDE = re.compile(r"\b(?:in|from|within|of|by|under)\s+((?:the|this|that|any|an?)?\s*[^,?;:()]{2,60})", re.I)
_GOES_ON = {"of", "on", "about", "for", "to", "between", "over", "with"}
_DATES = re.compile(
    r"[,\s]*\b(?:(?:in|from|only|only in|only from)\s+)?(?:documents?|sources?|texts?|reports?|articles?)?\s*"
    r"\b(?:published|issued|dated|released)\s+(since|after|before|until|in|from)\s+(\d{4}(?:-\d\d(?:-\d\d)?)?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the scope words left: the question without the clause that only restricts, the filters, the notes."""

    question: str
    filters: Filters = Filters()
    notes: tuple[str, ...] = ()


def find_scope(question: str, sources: Sequence[Source]) -> Scope:
    """Which sources the question itself restricts the search to.

    A clause that does nothing else ("according to Reuters, …", "…, only official documents") is taken out of the
    question; a phrase that belongs to the sentence ("in the plan") stays.
    """
    if not sources:
        return Scope(question)
    dated = _DATES.search(question)
    scope = Scope(question)
    if dated:
        scope = _dated(question, dated)
    for pattern, rest, named in ((_LEADING, 2, 1), (_ONLY_LEADING, 2, 1), (_LEADING_IN, 2, 1)):
        match = pattern.match(scope.question)
        if match and (found := match_sources(match[named], sources)):
            return _merge(scope, _capital(match[rest].strip()), found)
    for pattern in (_TRAILING, *_ONLY):
        match = pattern.match(scope.question)
        if match and (found := match_sources(match[2], sources)):
            kept = match[1].rstrip(" ,;(.")
            mark = "" if kept.endswith("?") else match[3] or ("?" if "?" in question else "")
            return _merge(scope, kept + mark, found)
    if found := _inside(scope.question, sources):
        return _merge(scope, scope.question, found)
    return scope


def match_sources(phrase: str, sources: Sequence[Source]) -> Filters:
    """The sources that a phrase names; empty filters if it names none (or does not tell them apart)."""
    parts = [p for p in re.split(r"\s*(?:,|\bor\b|\band\b)\s*", phrase.strip()) if p]
    found = [_match_one(part, sources) for part in parts]
    if len(parts) < 2 or not all(found):
        return _match_one(phrase, sources)
    return Filters(sources=tuple(s.id for s in sources if any(f.matches(s) for f in found)))


def describe(filters: Filters, sources: Iterable[Source]) -> str:
    """A plain sentence for the user.

    >>> describe(Filters(kinds=("news",)), [])
    'Searched only in news.'
    """
    titles = {s.id: s.title for s in sources}
    parts = [f"“{titles.get(i, i)}”" for i in filters.sources[:3]]
    if len(filters.sources) > 3:
        parts.append(f"{len(filters.sources) - 3} more")
    text = ", ".join(parts)
    if filters.publishers:
        text += (", " if text else "") + "what " + " or ".join(filters.publishers) + " published"
    if filters.kinds:
        text += (", " if text else "") + " or ".join(_KIND_PHRASE.get(k, k) for k in filters.kinds)
    if filters.since or filters.until:
        dates = " and ".join(
            f"{word} {date}" for word, date in (("since", filters.since), ("until", filters.until)) if date
        )
        text += (" " if text else "documents ") + f"dated {dates}"
    return f"Searched only in {text}." if text else ""


def _match_one(phrase: str, sources: Sequence[Source]) -> Filters:
    words = [_stem(t.lower) for t in tokenise(phrase) if t.lower not in DETERMINERS and t.lower not in FUNCTION_WORDS]
    if not words:
        return Filters()
    bare = " ".join(t.lower for t in tokenise(phrase) if t.lower not in DETERMINERS and t.lower not in {"our", "your"})
    wanted = set(words)
    named = []
    for source in sources:
        publisher = _name_words(source.publisher) - _FUNCTION_STEMS
        acronyms = {_acronym(source.publisher), _acronym(source.title)} - {""}
        if wanted <= publisher and (len(publisher) == 1 or len(wanted) > 1):
            named.append((source, "publisher"))
        elif len(words) == 1 and words[0] in acronyms:
            named.append((source, "publisher" if words[0] == _acronym(source.publisher) else "title"))
    publishers = tuple(dict.fromkeys(s.publisher for s, how in named if how == "publisher"))
    if publishers and len(publishers) == len({p.casefold() for p in publishers}):
        return Filters(publishers=publishers)
    if named:
        return _unless_all(tuple(s.id for s, _ in named), sources)
    for kind, pattern in _KIND_WORDS.items():
        if re.fullmatch(pattern, bare):
            return Filters(kinds=(kind,))
    by_title = _by_title(wanted, sources)
    if by_title:
        return by_title
    kind = {"article": "news", "report": "news", "story": "news", "post": "discussion"}.get(words[-1], "")
    if len(words) == 1 and kind and any(s.kind == kind for s in sources):
        return Filters(kinds=(kind,))
    return Filters()


def _by_title(wanted: set[str], sources: Sequence[Source]) -> Filters:
    texts = {_stem(w) for w in TEXTS} - {"ai", "policy", "discussion"}
    ids = []
    for source in sources:
        title = _name_words(source.title)
        publisher = _name_words(source.publisher)
        known = title | publisher | {_acronym(source.publisher), _acronym(source.title)}
        noun = wanted & texts & title
        generic = wanted & texts - title
        named = wanted - texts
        in_publisher = (len(publisher) == 1 and publisher <= wanted) or _acronym(source.publisher) in wanted
        if wanted - generic <= known and (noun or (generic and in_publisher)) and (not generic or named):
            ids.append(source.id)
    return _unless_all(tuple(ids), sources)


def _unless_all(ids: tuple[str, ...], sources: Sequence[Source]) -> Filters:
    return Filters(sources=ids) if ids and (len(ids) < len(sources) or len(sources) == 1) else Filters()


def _inside(question: str, sources: Sequence[Source]) -> Filters:
    """A source named within the sentence: "… in the NIST framework", "What does Reuters say about …"."""
    for match in _INSIDE.finditer(question):
        words = match[1].split()
        if words[0].lower() in {"its", "their", "his", "her"}:
            continue  # "in its AI guidance": whose, the rest of the question says
        for length in range(min(len(words), 8), 0, -1):
            phrase = " ".join(words[:length])
            found = match_sources(phrase, sources)
            if found and words[length : length + 1] and any(c.isdigit() for c in words[length]):
                break  # "in Guidance 08/2024" is not any guidance
            if found and not found.publishers and words[length : length + 1] and words[length].lower() in _GOES_ON:
                break  # "in the discussion of safety" is no source
            preposition = question[match.start() : match.start() + 5].split()[0].lower()
            if found and not (preposition in {"of", "by", "under"} and not found.publishers):
                if preposition in {"of", "under"}:
                    break  # "the head of Reuters", "under the Act": about it, not in it
                if length == 1 and phrase[0].islower() and not found.publishers and not _is_plain_kind(phrase):
                    break
                return found
    said = re.match(r"^\W*(?:and |but |so )?what (?:else )?(?:does|do|did|has|have) (.{2,60}?) (\w+)\b", question, re.I)
    if said and said[2].lower() in SAYING:
        found = match_sources(said[1], sources)
        if found.publishers or (found.sources and len(_content(said[1])) > 1):
            return found
    return Filters()


def _is_plain_kind(phrase: str) -> bool:
    return any(re.fullmatch(pattern, phrase.lower()) for pattern in _KIND_WORDS.values())


def _content(phrase: str) -> list[str]:
    return [t.lower for t in tokenise(phrase) if t.lower not in FUNCTION_WORDS]


def _dated(question: str, match: re.Match[str]) -> Scope:
    word, date = match[1].lower(), match[2]
    since = date if word in {"since", "after", "in", "from"} else ""
    until = date if word in {"before", "until", "in"} else ""
    if word == "before":
        until = _day_before(date)
    elif word == "after" and len(date) == 4:
        since = str(int(date) + 1)
    rest = question
    if not _content(question[match.end() :]) and _content(question[: match.start()]):
        rest = question[: match.start()] + question[match.end() :].strip()  # at its end it only restricts
    return Scope(rest, Filters(since=since, until=until), ())


def _day_before(date: str) -> str:
    if len(date) == 4:
        return str(int(date) - 1)
    year, month = int(date[:4]), int(date[5:7])
    if len(date) == 7 or date[8:] == "01":
        return f"{year - (month == 1)}-{(month - 2) % 12 + 1:02d}"
    return f"{date[:8]}{int(date[8:]) - 1:02d}"


def _merge(scope: Scope, question: str, found: Filters) -> Scope:
    return Scope(question, replace(found, since=scope.filters.since, until=scope.filters.until))


@lru_cache(maxsize=65536)
def _name_words(name: str) -> frozenset[str]:
    """The words of a title or publisher: asked again for every source and phrase, so kept."""
    return frozenset(_stem(t.lower) for t in tokenise(name))


@lru_cache(maxsize=65536)
def _acronym(name: str) -> str:
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", name) if w[0].isupper())
    return initials.lower() if len(initials) > 1 else ""


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_FUNCTION_STEMS = frozenset(_stem(w) for w in FUNCTION_WORDS)
