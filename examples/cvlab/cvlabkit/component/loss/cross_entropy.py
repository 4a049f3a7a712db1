"""Cross-entropy with label smoothing."""

from math import log


class CrossEntropy:
    def __init__(self, smoothing=0.0):
        self.smoothing = smoothing

    def __call__(self, scores, labels):
        return -sum(log(score[label]) * (1 - self.smoothing) for score, label in zip(scores, labels, strict=True))
