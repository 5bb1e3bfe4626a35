"""The order in which one respondent sees the statements of a level.

The same few lines stand in samenbuurten/static/src/survey/shuffle.js: a page from the cache is shuffled on the
device, and the stored seed must give its order back here. mulberry32 (T. Ettinger, 2017, public domain) draws
whole numbers of 32 bits, Fisher–Yates walks from the last place to the first, and the level's position sets off
each level on its own: the seed alone is the whole order.
"""

import secrets

SEEDS = 2**31  # a seed fits Response.seed; 0 means that the order is not known
_MASK = 0xFFFFFFFF
_APART = 0x9E3779B9


def new_seed():
    return 1 + secrets.randbelow(SEEDS - 1)


def order(items, seed, position):
    """``items`` (in the order of the questionnaire) of the level at ``position``, as ``seed`` shuffles them."""
    shuffled, state = list(items), (seed + position * _APART) & _MASK
    for last in range(len(shuffled) - 1, 0, -1):
        state = (state + 0x6D2B79F5) & _MASK
        drawn = (state ^ state >> 15) * (1 | state) & _MASK
        drawn ^= drawn + ((drawn ^ drawn >> 7) * (61 | drawn) & _MASK) & _MASK
        drawn ^= drawn >> 14
        other = drawn * (last + 1) >> 32
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled
