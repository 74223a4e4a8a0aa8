"""Where sentences begin and end: spans into the text, never copies of it.

A citation is made of whole sentences, so a boundary in the wrong place is a wrong quote. The rules here are written
for what govqa reads: legal and policy prose, statutes with their lists, news, forum posts, hard-wrapped text. A line
break alone is not a boundary; the edge of a block, a blank line, a list item and a closing stop are. Where the
evidence is thin the rules join rather than cut: a quote that is a little long still says what the source says.

1. Blocks (paragraph, list item, table row, heading: the loader's) are never crossed.
2. Lines: a list marker, or a line that stops short of the width of its neighbours, begins something new.
3. Stops: ``. ! ? …`` and their kin in other scripts, with closing quotes and brackets; a full stop is weighed by what
   stands before it (abbreviation, initial, label, number) and after it (capital, digit, other script).
4. A long sentence that is an inline list with semicolons, ``(a) …; (b) …; and (c) …``, is cut into its items.

Every pattern is bounded or possessive by construction, so that time is linear in the length of the text, whatever it
holds. Same text, same spans.

Own rules, because no library gives what a citation needs. Of the cases in ``tests/test_sentences.py`` as they stood
when this was written (69), blingfire got 54 right, sentencex 50, syntok 49 and pysbd 46; of 893 sentences marked by
others in SelQA (Jurczyk et al. 2016), these rules found 799, blingfire 795, syntok 788, sentencex 763. None of them
knows blocks, hard wraps, list items or footnote numbers; most give strings, whose place in the text would have to be
guessed; pysbd takes quadratic time, and blingfire is a binary without a build for every platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from govqa.abbreviations import (
    ALSO_WORDS,
    CAPITALISED_ONLY,
    FUNCTION_WORDS,
    LABEL_WORDS,
    LETTERED,
    NEVER_LAST,
    REFERENCES,
    SOMETIMES_LAST,
    STARTERS,
    SURNAMES_TOO,
)

Span = tuple[int, int]

GLANCE = 400
"""Up to this many characters an inline list is left whole: it can be taken in at a glance."""

_FULL_STOPS = ".!?…‼⁇⁈⁉"
_WIDE_STOPS = "。！？｡．؟۔।॥։።፧။។"  # no space needs to follow these
_RUN = re.compile(f"[{_FULL_STOPS}{_WIDE_STOPS}]+")
_CLOSERS = re.compile(r"(?:[\"'”’“»›)\]}）】」』》〉〕］｝⁰¹²³⁴⁵⁶⁷⁸⁹]|\[\d{1,3}\])*")
_WIDE_CLOSERS = re.compile(r"[\"'”’»›)\]}）】」』》〉〕］｝]*")
_NOTE_REFERENCE = re.compile(r"\d{1,3}(?=\s+[^\Wa-z\d_]|\s*$)")
_SPACE = re.compile(r"\s*")
_OPENING = "([{（【「『《〈〔［｛“‘«‹\"'„‚"
_ENDING = ".!?…:;‼⁇⁈⁉" + _WIDE_STOPS + "：；"

_LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BULLET = re.compile(r"[•●○◦▪▫■□◆◇►▶▸➢➤➔✓✔❖⁃‣∙·\uf0a7\uf0b7\uf0d8\uf02d\uf0fc]\s*")
_DASH = re.compile(r"[-–—−*+o]\s+")  # "o": Word's hollow bullet as PDFs give it
_LEADER = re.compile(r"\.{4} ?\d{1,4}\Z|\. \. \d{1,4}\Z")  # "Introduction ........ 5"
_JOINT = re.compile(r"[;,]\s?(?:and|or|and/or)\Z")
_ENUMERATOR = re.compile(
    r"(?:\((?:\d{1,3}|[A-Za-z]{1,2}|[ivxlcIVXLC]{1,7})\)|(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,7})[.)]"
    r"|\d{1,3}(?:\.\d{1,3}){1,4}\.?)(?=[\s(])"
)
_ITEM = re.compile(r"\((?:[a-z]{1,2}|[ivxl]{1,7}|\d{1,3})\)\s+[^\W_]")
_WIDE_MARKER = re.compile(
    r"（[一二三四五六七八九十百\d]{1,4}）|\([一二三四五六七八九十百]{1,4}\)|[一二三四五六七八九十百]{1,4}、|第[一二三四五六七八九十百千零〇\d]{1,6}[条條章节節款项]"
)
_LIST_JOINT = re.compile(
    r";\s+(?:(?:and/or|and|or)\s+)?(?=\((?:\d{1,3}|[A-Za-z]{1,4})\)\s)|:\s+(?=\((?:1|a|A|i|I)\)\s)"
)

_LABEL = re.compile(
    rf"(?:(?:{LABEL_WORDS})\.?\s{{0,4}}|§{{1,2}}\s{{0,4}})?"
    r"(?:\(?[0-9]{1,6}(?:[.\-–][0-9]{1,6}){0,4}[a-z]?\)?|\(?[ivxlcdm]{1,7}\)?|\(?[a-z]\)?)(?:\([0-9a-z]{1,4}\)){0,4}",
    re.IGNORECASE,
)

_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.){1,5}[^\W\d_]{1,2}")
_NUMERAL = re.compile(r"[IVXLC]{1,7}\b|[A-Z]{1,3}[-–/.]?\d")
_WORD = re.compile(r"[^\W\d_]+")


def sentence_spans(text: str, blocks: Sequence[Span] = ()) -> list[Span]:
    """The sentences of ``text`` as ``(start, end)``, in order.

    >>> text = "Aims to expand U.S. AI exports. See Art. 5(1)(a), e.g. No. 3."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Aims to expand U.S. AI exports.', 'See Art. 5(1)(a), e.g. No. 3.']

    Args:
        text: any text.
        blocks: ranges ``[start, end)`` of ``text`` that belong together (paragraph, list item, table row, heading),
            in order and disjoint; no sentence crosses an edge of one. Text between blocks is split on its own.

    Returns:
        Disjoint ranges without white space at either end; together they hold every character of ``text`` that is
        not white space.
    """
    spans: list[Span] = []
    for start, end, declared in _units(text, blocks):
        unit: list[Span] = []
        for line_start, line_end in _split_lines(text, start, end, declared):
            for span in _split_stops(text, line_start, line_end):
                unit.extend(_split_list(text, *span))
        spans.extend(_join_bare_marks(text, unit))
    return spans


def is_list_item(sentence: str) -> bool:
    """Does a sentence begin with what marks an item of a list?

    >>> [is_list_item(text) for text in ("(a) keep records;", "• Safety", "– trust", "3. Report.", "A law applies.")]
    [True, True, True, True, False]
    """
    return any(marker.match(sentence) for marker in (_BULLET, _DASH, _ENUMERATOR))


def _units(text: str, blocks: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    """Blocks and what lies between them, trimmed; True for a block."""
    position = 0
    for start, end in blocks:
        start, end = max(start, position), min(end, len(text))
        if start >= end:
            continue
        yield from _trimmed(text, position, start, False)
        yield from _trimmed(text, start, end, True)
        position = end
    yield from _trimmed(text, position, len(text), False)


def _trimmed(text: str, start: int, end: int, declared: bool) -> Iterator[tuple[int, int, bool]]:
    start, end = _trim(text, start, end)
    if start < end:
        yield start, end, declared


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


# ---------------------------------------------------------------- lines


def _split_lines(text: str, start: int, end: int, declared: bool) -> Iterator[Span]:
    """Cut where a line begins something new; hard wraps are left alone."""
    begin = start
    before: Span | None = None  # the line before the previous one
    previous: Span | None = None
    blank = False
    marker = ""  # what the current item began with
    for line in _lines(text, start, end):
        if line[0] == line[1]:
            blank = True
            continue
        if previous is None:
            marker = _marker(text, line)
        elif _begins_anew(text, before, previous, line, blank, declared, marker):
            yield _trim(text, begin, line[0])
            begin, marker = line[0], _marker(text, line)
        before, previous, blank = previous, line, False
    yield _trim(text, begin, end)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _LINE_END.finditer(text, start, end):
        yield _trim(text, start, match.start())
        start = match.end()
    yield _trim(text, start, end)


def _marker(text: str, line: Span) -> str:
    """The dash that ``line`` begins with, or ``(`` for an enumerator of any kind."""
    if _DASH.match(text, *line):
        return text[line[0]]
    return "(" if _ENUMERATOR.match(text, *line) else ""


def _begins_anew(
    text: str, before: Span | None, previous: Span, line: Span, blank: bool, declared: bool, marker: str
) -> bool:
    """Does ``line`` begin a new sentence, though the previous one need not have ended in a stop?"""
    first, last = text[line[0]], text[previous[1] - 1]
    ended = last in _ENDING or (last in _OPENING + "”’»)]" and text[previous[1] - 2] in _ENDING)
    if blank:
        return not (declared and not ended and first.islower())
    if _BULLET.match(text, *line) or _WIDE_MARKER.match(text, *line):
        return True
    if text.find(" | ", *previous) >= 0 or text.find(" | ", *line) >= 0:
        return True  # the rows of a table
    if _LEADER.search(text, max(previous[0], previous[1] - 12), previous[1]):
        return True
    width = max(_length(previous), _length(line), _length(before) if before else 0)
    short = _length(previous) + 1 + _first_word(text, line) < 0.75 * max(width, 60)
    if _DASH.match(text, *line):
        return ended or short or marker == first
    enumerator = _ENUMERATOR.match(text, *line)
    if enumerator:
        word = text[enumerator.end() : enumerator.end() + 12].split()
        runs_on = bool(word) and word[0].casefold() in {"and", "or", "to", "of", "thereof", "through"}
        joint = _JOINT.search(text, max(previous[0], previous[1] - 8), previous[1])
        listed = bool(joint) or (last == "," and marker == "(")
        return not runs_on and (ended or short or listed)
    if declared or ended or last in ",-–—‐&/" or not (first.isupper() or first.isdigit() or first in _OPENING):
        return False
    tail = text[max(previous[0], previous[1] - 200) : previous[1]].rsplit(None, 1)[-1]
    if "://" in tail or tail.startswith("www."):
        return True  # an entry of a bibliography
    short = _length(previous) + 1 + _first_word(text, line) < 0.75 * width
    return short and tail.casefold() not in FUNCTION_WORDS


def _length(span: Span) -> int:
    return span[1] - span[0]


def _first_word(text: str, line: Span) -> int:
    head = text[line[0] : min(line[1], line[0] + 40)]
    return len(head.split(None, 1)[0])


# ---------------------------------------------------------------- stops


def _split_stops(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut after closing stops, with the quotes and brackets that close there."""
    begin = start
    position = start
    while match := _RUN.search(text, position, end):
        position = match.end()
        cut = _cut_after(text, begin, match.start(), match.end(), end)
        if cut:
            yield _trim(text, begin, cut)
            begin = position = _skip_space(text, cut, end)
    if begin < end:
        yield _trim(text, begin, end)


def _skip_space(text: str, start: int, end: int) -> int:
    match = _SPACE.match(text, start, end)
    return match.end() if match else start


def _cut_after(text: str, begin: int, start: int, stop: int, end: int) -> int:
    """Where the sentence that began at ``begin`` ends, if the stops ``[start, stop)`` end it; else 0."""
    run = text[start:stop]
    wide = any(mark in _WIDE_STOPS for mark in run)
    closed = (_WIDE_CLOSERS if wide else _CLOSERS).match(text, stop, end)
    after = closed.end() if closed else stop
    closers = text[stop:after]
    following = _skip_space(text, after, end)
    if following == end:
        return 0
    if wide:
        if run in "．" and text[following].isdigit():
            return 0
        # 「…。」と言った: the quotation is part of the sentence that goes on.
        return 0 if closers[-1:] in ("」", "』") and "\u3040" <= text[after] <= "\u309f" else after
    if following == after:
        return _after_note(text, begin, start, after, end) if run == "." else 0
    if start > begin and text[start - 1] in "([（［" and closers:
        return 0  # (…), [...], (?), (!)
    return after if _ends(text, begin, start, run, closers, following, end) else 0


def _after_note(text: str, begin: int, start: int, after: int, end: int) -> int:
    """``… ethical norms.12 The law …``: the note's number stays with the sentence that it belongs to."""
    match = _NOTE_REFERENCE.match(text, after, end)
    if not match or start == begin or not (text[start - 1].islower() or text[start - 1] in ')”’"'):
        return 0
    word = _last_word(text, begin, start)
    if len(word) < 3 or word.casefold() in REFERENCES or word.casefold() in SOMETIMES_LAST:
        return 0
    return match.end() if _skip_space(text, match.end(), end) < end else 0


def _ends(text: str, begin: int, start: int, run: str, closers: str, following: int, end: int) -> bool:
    """Does ``run``, with white space after it, end the sentence?"""
    head = next((c for c in text[following : min(end, following + 60)] if c.isalnum()), "")
    lower, digit = head.islower(), head.isdigit()
    if "?" in run or "!" in run or run[0] in "‼⁇⁈⁉":
        return not lower or ("?" in run and not closers and text[following] == head)
    if (lower and not _ITEM.match(text, following, end)) or text[following] == ".":
        return False
    if len(run) > 1 or run == "…" or text[max(begin, start - 2) : start].strip() == ".":
        return not digit  # an ellipsis, or the dots that lead to a page number
    if start - begin <= 24 and _LABEL.fullmatch(text[begin:start].strip()):
        return False  # "1." or "Section 2." stays with what it labels
    word = _last_word(text, begin, start)
    key = word.casefold()
    if not word:
        return True
    next_word = _WORD.match(text, following, min(end, following + 40))
    starter = bool(next_word) and next_word.group() in STARTERS if next_word else False
    if key in NEVER_LAST:
        return False
    if key in REFERENCES and (digit or text[following] in "(§[" or _NUMERAL.match(text, following, end)):
        return False
    if len(word) == 1 and word.islower() and digit:
        return False  # "(b. 1959)"
    if len(word) == 1 and word.isalpha() and word.isupper():
        return _initial_ends(text, begin, start, word, next_word.group() if next_word else "", starter)
    if key == "etc":
        return True
    if _DOTTED.fullmatch(word):
        return starter
    if key in REFERENCES and key not in ALSO_WORDS and len(key) > 1:
        return starter
    if key in SOMETIMES_LAST and (word[0].isupper() or key not in CAPITALISED_ONLY):
        return starter and not digit
    return True


def _initial_ends(text: str, begin: int, start: int, letter: str, next_word: str, starter: bool) -> bool:
    """``J. Smith`` goes on; ``Annex B. The …`` and ``than I. He …`` end."""
    ahead = text[max(begin, start - 32) : start - 1].split()
    if ahead and ahead[-1].casefold().strip("(“\"'") in LETTERED:
        return True
    if letter == "I" and ahead and ahead[-1].islower():
        return True
    return starter and next_word not in SURNAMES_TOO


def _last_word(text: str, begin: int, start: int) -> str:
    """The word before the stop at ``start``, without what opens before it."""
    piece = text[max(begin, start - 24) : start]
    if not piece or piece[-1].isspace():
        return ""
    word = piece.split()[-1]
    for mark in _OPENING + "/—–":
        word = word.rsplit(mark, 1)[-1]
    return word


# ---------------------------------------------------------------- lists, bare marks


def _split_list(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut a long sentence that is an inline list into its items."""
    if end - start > GLANCE:
        for joint in _LIST_JOINT.finditer(text, start, end):
            yield _trim(text, start, joint.end())
            start = joint.end()
    yield start, end


def _join_bare_marks(text: str, spans: list[Span]) -> list[Span]:
    """A span without a letter or digit (a stray quote, ``* * *``) goes with its neighbour of the same block."""
    joined: list[Span] = []
    carried: int | None = None
    for start, end in spans:
        if any(character.isalnum() for character in text[start:end]):
            joined.append((start if carried is None else carried, end))
            carried = None
        elif joined:
            joined[-1] = (joined[-1][0], end)
        elif carried is None:
            carried = start
    if carried is not None:
        joined.append((carried, spans[-1][1]))
    return joined
