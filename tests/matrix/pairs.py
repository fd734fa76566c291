"""A set of cells, as small as a greedy choice makes it, in which each pair of values of two dimensions occurs."""

import itertools

from dimensions import Cell, makes_sense


def all_pairs(chosen):
    for (one, values), (other, others) in itertools.combinations(chosen.items(), 2):
        for pair in itertools.product(values, others):
            if makes_sense({one: pair[0], other: pair[1]}):
                yield frozenset(((one, pair[0]), (other, pair[1])))


def complete(start, chosen, missing, random):
    """A whole cell that holds the pair `start`, each further value chosen for the most pairs that are still missing;
    None where no cell makes sense."""
    values = dict(start)
    rest = [name for name in chosen if name not in values]
    random.shuffle(rest)
    for name in rest:
        options = [value for value in chosen[name] if makes_sense({**values, name: value})]
        if not options:
            return None
        random.shuffle(options)
        values[name] = max(
            options,
            key=lambda value: sum(frozenset(((name, value), known)) in missing for known in values.items()),
        )
    return Cell(**values)


def cover_pairs(chosen, random):
    missing = dict.fromkeys(all_pairs(chosen))
    cells = []
    while missing:
        start = next(iter(missing))
        tries = [cell for cell in (complete(start, chosen, missing, random) for _ in range(4)) if cell]
        if not tries:  # allowed as a pair, but in no whole cell
            del missing[start]
            continue
        best = max(tries, key=lambda cell: sum(pair in missing for pair in pairs_of(cell, chosen)))
        for pair in pairs_of(best, chosen):
            missing.pop(pair, None)
        cells.append(best)
    return cells


def pairs_of(cell, chosen):
    return [frozenset(pair) for pair in itertools.combinations([(name, getattr(cell, name)) for name in chosen], 2)]
