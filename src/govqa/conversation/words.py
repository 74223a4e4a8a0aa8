"""Closed word classes of English questions: the little grammar that follow-ups are recognised with."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


WH = _set("what which who whom whose when where why how")
BE = _set("is are was were be been being am isn't aren't wasn't weren't 's whats whos wheres hows")
DO = _set("do does did don't doesn't didn't")
MODAL = _set(
    "can could will would shall should may might must can't couldn't won't wouldn't shouldn't mustn't has have had "
    "hasn't haven't hadn't"
)
AUX = BE | DO | MODAL
PERSON_PRONOUNS = _set("he him his she her hers")
THING_PRONOUNS = _set("it its")
GROUP_PRONOUNS = _set("they them their theirs")
POSSESSIVE = _set("his her its their hers theirs")
DEMONSTRATIVES = _set("this that these those")
PRONOUNS = (
    PERSON_PRONOUNS
    | THING_PRONOUNS
    | GROUP_PRONOUNS
    | _set("i me my mine we us our ours you your yours myself ourselves yourself himself herself itself themselves")
    | _set("someone somebody anyone anybody everyone everybody something anything everything nothing nobody")
)
DETERMINERS = _set(
    "the a an any some each every no all both either neither another other such own many much few several"
)
PREPOSITIONS = _set(
    "about of in on at by for from with without to into onto under over against between among within through during "
    "before after since until regarding concerning on per as toward towards upon beyond across behind via around "
    "beside besides despite like than except including throughout versus vs amid near off out up down"
)
CONJUNCTIONS = _set("and or but nor so if because while whereas although though unless whether then")
ADVERBS = _set(
    "not also too very really actually exactly just only even still already ever never now then there here else again "
    "often usually currently so far more most less least quite rather together away back instead perhaps maybe "
    "specifically mainly mostly generally ago yet soon please first ok okay well yes no"
)
FUNCTION_WORDS = (
    WH | AUX | PRONOUNS | DEMONSTRATIVES | DETERMINERS | PREPOSITIONS | CONJUNCTIONS | ADVERBS | _set("'s one ones")
)

SAYING = _set(
    "say state tell mention propose recommend describe explain define cover address discuss contain include suggest "
    "argue claim note add report call warn announce require advise contend emphasise emphasize stress list name refer "
    "quote cite write publish read conclude believe think want aim seek plan intend urge demand set provide prohibit "
    "ban "
    "allow restrict regulate introduce impose"
)
"""Verbs whose subject is a person, a body or a text."""

ABOUT_TEXTS = _set(
    "write publish release draft sign adopt issue author post translate enact repeal quote cite propose announce "
    "launch "
    "summarise summarize approve"
)
"""Verbs whose object is a text."""

_VERBS = _set(
    "assess attend audit certify host lobby locate headquarter monitor oversee react send supervise align testify "
    "accept achieve act adopt affect agree aim allow announce appear apply approve argue ask author ban base be become "
    "begin believe belong benefit bring build call cause change choose cite claim come compare compete comply concern "
    "conclude "
    "consider consist contain contend continue cooperate coordinate cost cover create criticise criticize deal decide "
    "define demand depend describe develop differ disagree disclose discuss do draft emphasise emphasize enact "
    "encourage "
    "enforce ensure establish exist expand expect explain explore face fall favour favor feel find focus follow foster "
    "frame fund get give go govern happen have help hold hope identify implement improve impose include increase "
    "intend "
    "introduce invest invite involve issue join keep know lack last launch lead leave legislate lie limit list live "
    "look "
    "lose make manage matter mean meet mention mitigate move name need note object obtain occur offer open oppose "
    "outline "
    "own participate pay play point position post prevent produce prohibit promise promote propose protect prove "
    "provide "
    "publish put quote raise reach read recommend refer refuse regard regulate reject release remain repeal replace "
    "reply "
    "report require respond restrict reveal rise risk run say see seek seem sell serve set share show sign speak spend "
    "start state stop strengthen stress stymie suggest summarise summarize support suppose take talk tell think "
    "treat trust try turn urge use "
    "vie view violate vote want warn win work worry write differ"
)
_IRREGULAR = {
    "sent": "send", "vying": "vie", "founded": "found", "oversaw": "oversee",
    "said": "say", "told": "tell", "wrote": "write", "written": "write", "made": "make", "meant": "mean",
    "gave": "give",
    "given": "give", "took": "take", "taken": "take", "went": "go", "gone": "go", "came": "come", "became": "become",
    "saw": "see", "seen": "see", "knew": "know", "known": "know", "thought": "think", "brought": "bring",
    "built": "build",
    "held": "hold", "kept": "keep", "led": "lead", "left": "leave", "lost": "lose", "met": "meet", "paid": "pay",
    "ran": "run", "spoke": "speak", "spoken": "speak", "sought": "seek", "sold": "sell", "spent": "spend", "won": "win",
    "chose": "choose", "chosen": "choose", "began": "begin", "begun": "begin", "found": "find", "got": "get",
    "felt": "feel", "fell": "fall", "rose": "rise", "shown": "show", "drawn": "draw", "says": "say",
}  # fmt: skip


def verb_base(word: str) -> str:
    """The base form if ``word`` is a form of a known verb, else the empty string.

    >>> verb_base("proposed"), verb_base("sharing"), verb_base("traceability")
    ('propose', 'share', '')
    """
    word = word.lower()
    if word in _VERBS:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, heads in (("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")),
                          ("ing", ("", "e"))):  # fmt: skip
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            for head in heads:
                if stem + head in _VERBS:
                    return stem + head
            if len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in _VERBS:  # planned, stopping
                return stem[:-1]
    return ""


TITLES = _set(
    "premier president minister chancellor secretary senator governor mr mrs ms dr prof professor sir king queen "
    "prince "
    "chairman chairwoman chair director commissioner ambassador general judge justice representative congressman ceo"
)
ROLES = TITLES | _set(
    "author writer commenter commentator spokesperson spokesman spokeswoman official leader person man woman speaker "
    "reporter journalist researcher expert user founder head chief officer lawyer"
)
"""Nouns that stand for a person."""

GROUPS = _set(
    "administration government governments countries companies people members authors states officials leaders experts "
    "commenters regulators providers deployers authorities parties council committee board panel commission agency "
    "agencies union parliament congress senate team ministry"
)
TEXTS = _set(
    "plan report article document framework act law bill guidance guideline guidelines code text statement page post "
    "comment comments excerpt thread blueprint order regulation paper draft policy strategy methodology memorandum "
    "memo "
    "discussion news directive treaty convention profile sheet agreement declaration communique"
)
"""Nouns that stand for a document."""

PLACES = _set(
    "china america usa us u.s u.s. uk u.k u.k. eu e.u europe asia africa russia japan india france germany italy spain "
    "canada brazil australia korea singapore taiwan beijing shanghai washington brussels london paris geneva britain "
    "switzerland mexico israel ukraine iran turkey indonesia vietnam nigeria kenya egypt argentina chile netherlands "
    "sweden norway denmark finland poland ireland austria belgium portugal greece california texas colorado california "
    "states kingdom union hongkong"
)
ORGANISATION_WORDS = _set(
    "act administration agency alliance association authority bank bureau coalition commission committee company "
    "conference congress corporation council court department forum foundation framework fund government group "
    "initiative "
    "institute laboratory law league ministry nations network office order organisation organization parliament "
    "partnership party plan programme program senate service society summit treaty union university ai global world "
    "international national intelligence artificial south north east west united"
)
PLURAL_LOOKING = _set("news series status basis analysis ethics politics economics physics crisis thesis process "
                      "access "
                      "business congress progress success bias consensus less this is was has does its united reuters "
                      "mathematics headquarters axis focus virus corpus campus apparatus us states")  # fmt: skip


NUMBERS = _set("one two three four five six seven eight nine ten")


def is_plural(noun: str) -> bool:
    """Does the noun look plural?

    >>> is_plural("risks"), is_plural("consensus"), is_plural("countries")
    (True, False, True)
    """
    noun = noun.lower()
    if noun in {"people", "children", "men", "women", "criteria", "data", "media", "phenomena"}:
        return True
    return noun.endswith("s") and not noun.endswith("ss") and noun not in PLURAL_LOOKING and len(noun) > 3
