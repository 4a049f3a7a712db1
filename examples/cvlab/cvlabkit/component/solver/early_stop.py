"""Stop when nothing gets better any more."""


class EarlyStop:
    def __init__(self, patience=5):
        self.patience, self.best, self.since = patience, float("-inf"), 0

    def goes_on(self, score):
        self.since = 0 if score > self.best else self.since + 1
        self.best = max(self.best, score)
        return self.since < self.patience
