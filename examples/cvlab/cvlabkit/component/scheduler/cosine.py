"""Let the learning rate fall along a cosine."""

from math import cos, pi


class Cosine:
    def __init__(self, optimizer, epochs, floor=0.0):
        self.optimizer, self.epochs, self.floor = optimizer, epochs, floor
        self.start, self.epoch = optimizer.rate, 0

    def step(self):
        self.epoch += 1
        share = (1 + cos(pi * self.epoch / self.epochs)) / 2
        self.optimizer.rate = self.floor + (self.start - self.floor) * share
        return self.optimizer.rate
