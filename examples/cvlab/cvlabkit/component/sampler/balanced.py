"""As many images of each class as of any other."""

import random


class Balanced:
    def __init__(self, labels, seed=0):
        self.random = random.Random(seed)
        self.by_class = {}
        for index, label in enumerate(labels):
            self.by_class.setdefault(label, []).append(index)

    def __iter__(self):
        most = max(len(indexes) for indexes in self.by_class.values())
        picked = [index for indexes in self.by_class.values() for index in self.random.choices(indexes, k=most)]
        self.random.shuffle(picked)
        return iter(picked)
